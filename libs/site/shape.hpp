#pragma once

#include "site/document.hpp"

#include <nlohmann/json_fwd.hpp>

namespace sunherd::site {

/// `site.schema.json`, compiled in.
const nlohmann::json& schema();

/// Holds the tree against the schema and says what is wrong as a person would. Knows the words of JSON Schema
/// that our schema uses; a test compares its verdicts with a general validator's.
void check_shape(const Value& root, Problems& problems);

}  // namespace sunherd::site
