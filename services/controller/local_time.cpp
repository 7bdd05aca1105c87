#include "local_time.hpp"

#include <date/tz.h>

#include <charconv>

namespace sunherd::controller {
namespace {

using std::chrono::minutes;

std::optional<int> digits(std::string_view text, int most) {
    int value = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    const bool ok = !text.empty() && text.size() <= 2 && parsed.ec == std::errc() && parsed.ptr == end &&
                    value >= 0 && value <= most;
    return ok ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<minutes> parse_time_of_day(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.size() != colon + 3) {
        return std::nullopt;
    }
    const auto hour = digits(text.substr(0, colon), 23);
    const auto minute = digits(text.substr(colon + 1), 59);
    return hour && minute ? std::optional(minutes(*hour * 60 + *minute)) : std::nullopt;
}

topics::Timestamp next_at(minutes time_of_day, const std::string& time_zone, topics::Timestamp utc) {
    const date::time_zone& zone = *date::locate_zone(time_zone);
    auto day = date::floor<date::days>(zone.to_local(utc));
    for (int tries = 0; tries < 3; ++tries, day += date::days(1)) {
        const topics::Timestamp at = zone.to_sys(day + time_of_day, date::choose::earliest);
        if (at > utc) {
            return at;
        }
    }
    return utc + std::chrono::hours(24);  // no zone has such days
}

std::optional<topics::Timestamp> parse_moment(const std::string& text, const std::string& time_zone,
                                              topics::Timestamp utc) {
    if (const auto time_of_day = parse_time_of_day(text)) {
        return next_at(*time_of_day, time_zone, utc);
    }
    return topics::parse_rfc3339(text);
}

std::string in_local_time(topics::Timestamp moment, const std::string& time_zone, topics::Timestamp utc) {
    const date::time_zone& zone = *date::locate_zone(time_zone);
    const auto local = date::floor<minutes>(zone.to_local(moment));
    const bool today = date::floor<date::days>(local) == date::floor<date::days>(zone.to_local(utc));
    return date::format(today ? "%H:%M" : "%F %H:%M", local);
}

}  // namespace sunherd::controller
