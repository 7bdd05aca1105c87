#pragma once

#include "site/document.hpp"

namespace sunherd::site {

/// The typed site of a tree that was held against the schema. Sections that have problems are left at their
/// defaults.
Site convert(const Value& root, const Problems& problems);

}  // namespace sunherd::site
