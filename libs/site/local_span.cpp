#include "site/local_span.hpp"

#include <algorithm>

namespace sunherd::site {

bool is_weekday_of(const std::vector<int>& weekdays, date::local_days day) {
    const auto weekday = static_cast<int>(date::weekday(day).iso_encoding());
    return weekdays.empty() || std::ranges::find(weekdays, weekday) != weekdays.end();
}

LocalSpan span_on(date::local_days day, std::chrono::minutes from, std::chrono::minutes to,
                  const date::time_zone& zone) {
    const std::chrono::minutes after = to <= from ? to + std::chrono::hours(24) : to;
    return {zone.to_sys(day + from, date::choose::earliest), zone.to_sys(day + after, date::choose::latest)};
}

}  // namespace sunherd::site
