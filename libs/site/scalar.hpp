#pragma once

#include "site/document.hpp"

#include <string>

namespace sunherd::site {

/// A scalar by YAML 1.2's core schema. tag: `?` for a plain one, `!` for a quoted one, `!secret`.
/// An unknown tag gives no node.
ValuePtr make_scalar(const std::string& tag, const std::string& value, int line);

/// Whether the bytes are UTF-8; else the 1-based line where they aren't.
std::optional<int> line_of_broken_utf8(std::string_view bytes);

/// Also the two-byte ones of Unicode (U+0080…U+009F) and the separators that forge lines. Line feeds count.
bool has_control_character(std::string_view utf8);

}  // namespace sunherd::site
