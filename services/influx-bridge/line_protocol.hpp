#pragma once

#include "topics/names.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

/// Messages as InfluxDB line protocol. docs/telemetry.md has the table. Pure.
namespace sunherd::influx {

/// Kinds of messages that are written; commands and requests are not data.
const std::vector<topics::Kind>& written_kinds();

/// One line: measurement by kind, tags `site`, where the topic names one `id`, and of some kinds a few more
/// (docs/telemetry.md). Nested fields are joined by `_` (`current_a_l1`), lists by the items' id. Reals
/// are floats, also where they are whole; counts are integers; so a field never changes its type. Timestamp
/// in ms. Error: what is wrong with the payload.
tl::expected<std::string, std::string> to_line(const std::string& site, const topics::Parsed& topic,
                                               const std::string& payload);

}  // namespace sunherd::influx
