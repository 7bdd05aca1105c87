#include "night_window.hpp"

#include <date/tz.h>

#include <algorithm>

namespace sunherd::controller {
namespace {

bool is_day_of(const site::TimeWindow& window, date::local_days day) {
    const auto weekday = static_cast<int>(date::weekday(day).iso_encoding());
    return window.weekdays.empty() ||
           std::find(window.weekdays.begin(), window.weekdays.end(), weekday) != window.weekdays.end();
}

/// Whether `utc` is in the window that begins on `day`.
bool is_open(const site::TimeWindow& window, const date::time_zone& zone, date::local_days day,
             topics::Timestamp utc) {
    const auto to = window.to <= window.from ? window.to + std::chrono::hours(24) : window.to;
    const auto begin = zone.to_sys(day + window.from, date::choose::earliest);
    const auto end = zone.to_sys(day + to, date::choose::latest);
    return is_day_of(window, day) && begin <= utc && utc < end;
}

}  // namespace

std::optional<OpenWindow> open_window(const std::vector<site::TimeWindow>& windows,
                                      const std::string& time_zone, topics::Timestamp utc) {
    if (windows.empty()) {
        return std::nullopt;
    }
    const date::time_zone& zone = *date::locate_zone(time_zone);
    const auto today = date::floor<date::days>(zone.to_local(utc));
    for (const auto& window : windows) {
        if (is_open(window, zone, today, utc) || is_open(window, zone, today - date::days(1), utc)) {
            return OpenWindow{window.max_current_a};
        }
    }
    return std::nullopt;
}

}  // namespace sunherd::controller
