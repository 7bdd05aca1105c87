#include "night_window.hpp"

#include "site/local_span.hpp"

namespace sunherd::controller {
namespace {

/// Whether `utc` is in the window that begins on `day`.
bool is_open(const site::TimeWindow& window, const date::time_zone& zone, date::local_days day,
             topics::Timestamp utc) {
    return site::is_weekday_of(window.weekdays, day) &&
           site::span_on(day, window.from, window.to, zone).has(utc);
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
