#pragma once

#include "topics/timestamp.hpp"

#include <date/tz.h>

#include <chrono>
#include <vector>

/// Windows of local time, as the site file has them for nights and tariffs.
namespace sunherd::site {

/// Whether a window with those weekdays (ISO; none: every day) begins on that day.
bool is_weekday_of(const std::vector<int>& weekdays, date::local_days day);

struct LocalSpan {
    topics::Timestamp begin;
    topics::Timestamp end;
    bool has(topics::Timestamp moment) const { return begin <= moment && moment < end; }
};

/// From one time of day to another, `to` ≤ `from` on the next one. It begins the first time and ends the last
/// time that clocks show its ends, so one over the hour that comes twice is an hour longer; where clocks
/// leave a time out it is the moment of their jump.
LocalSpan span_on(date::local_days day, std::chrono::minutes from, std::chrono::minutes to,
                  const date::time_zone& zone);

}  // namespace sunherd::site
