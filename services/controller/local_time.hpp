#pragma once

#include "topics/timestamp.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Times as people say them, by the clocks of the site's time zone (IANA, one that exists).
namespace sunherd::controller {

/// `7:30`, `07:30`; absent where it is none.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);

/// The next moment after `utc` at which those clocks show that time; where they leave it out, the moment at
/// which they jump over it; of an hour that comes twice, the first.
topics::Timestamp next_at(std::chrono::minutes time_of_day, const std::string& time_zone,
                          topics::Timestamp utc);

/// A time of day, or RFC 3339.
std::optional<topics::Timestamp> parse_moment(const std::string& text, const std::string& time_zone,
                                              topics::Timestamp utc);

/// `18:00`, with the date where that is another day than `utc`: `2026-06-22 07:30`.
std::string in_local_time(topics::Timestamp moment, const std::string& time_zone, topics::Timestamp utc);

}  // namespace sunherd::controller
