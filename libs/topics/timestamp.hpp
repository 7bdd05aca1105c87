#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sunherd::topics {

/// UTC, milliseconds: what `time` fields carry. Never used to measure a duration (see service::Clock).
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 in UTC with milliseconds: `2026-06-21T10:15:30.250Z`.
std::string to_rfc3339(Timestamp time);

/// `20260621T101530Z`, for names.
std::string to_compact(Timestamp time);

/// Accepts `Z` and numeric offsets, zero to nine fractional digits (cut to milliseconds). Anything else:
/// nullopt.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace sunherd::topics
