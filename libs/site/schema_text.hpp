#pragma once

#include <string_view>

namespace sunherd::site {

/// The bytes of `site.schema.json`; CMake makes the definition from the file.
extern const std::string_view schema_text;

}  // namespace sunherd::site
