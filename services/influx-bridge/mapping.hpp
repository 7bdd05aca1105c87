#pragma once

#include "shape.hpp"
#include "topics/names.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sunherd::influx {

/// How messages of a kind become points. docs/telemetry.md has the table for people.
struct Mapping {
    topics::Kind kind{};
    std::string measurement;
    std::shared_ptr<const Shape> shape;
    /// Members that become tags: few different values, and what keeps two messages of one millisecond apart.
    /// Those that the schema marks with `x-tag`.
    std::vector<std::string> tags;
    /// By the codec: a valid message, written as we write it. Error: what is wrong with it.
    tl::expected<std::string, std::string> (*normalize)(std::string_view payload) = nullptr;
};

/// Kinds of messages that are written; commands and requests are not data.
const std::vector<Mapping>& mappings();

}  // namespace sunherd::influx
