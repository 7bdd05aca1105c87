#include "topics/timestamp.hpp"

#include <cstdio>

namespace sunherd::topics {
namespace {

/// Reads a text from the left; after the first thing that isn't as expected, `ok` stays false.
struct Scanner {
    std::string_view rest;
    bool ok = true;

    int digits(int count, int highest) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            ok = ok && is_digit();
            if (!ok) {
                return 0;
            }
            value = value * 10 + (rest.front() - '0');
            rest.remove_prefix(1);
        }
        ok = ok && value <= highest;
        return value;
    }
    bool take(char wanted) {
        const bool taken = ok && !rest.empty() && rest.front() == wanted;
        if (taken) {
            rest.remove_prefix(1);
        }
        return taken;
    }
    void expect(char wanted) { ok = take(wanted); }
    bool is_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
};

std::chrono::milliseconds fraction(Scanner& scan) {
    if (!scan.take('.')) {
        return {};
    }
    int milliseconds = 0;
    int count = 0;
    for (int weight = 100; scan.is_digit() && count < 9; ++count, weight /= 10) {
        milliseconds += weight * scan.digits(1, 9);
    }
    scan.ok = scan.ok && count > 0;
    return std::chrono::milliseconds(milliseconds);
}

std::chrono::minutes offset(Scanner& scan) {
    if (scan.take('Z')) {
        return {};
    }
    const bool west = scan.take('-');
    if (!west) {
        scan.expect('+');
    }
    const std::chrono::hours hours(scan.digits(2, 23));
    scan.expect(':');
    const std::chrono::minutes minutes(scan.digits(2, 59));
    return west ? -(hours + minutes) : hours + minutes;
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(time - days);
    char text[64];
    const int length = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text, static_cast<std::size_t>(length)};
}

std::string to_compact(Timestamp time) {
    auto text = to_rfc3339(time);
    text.resize(text.find('.'));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + 'Z';
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    Scanner scan{text};
    const std::chrono::year year(scan.digits(4, 9999));
    scan.expect('-');
    const std::chrono::month month(static_cast<unsigned>(scan.digits(2, 12)));
    scan.expect('-');
    const std::chrono::day day(static_cast<unsigned>(scan.digits(2, 31)));
    scan.expect('T');
    const std::chrono::hours hours(scan.digits(2, 23));
    scan.expect(':');
    const std::chrono::minutes minutes(scan.digits(2, 59));
    scan.expect(':');
    const std::chrono::seconds seconds(scan.digits(2, 59));
    const auto milliseconds = fraction(scan);
    const auto ahead_of_utc = offset(scan);
    const std::chrono::year_month_day date(year, month, day);
    if (!scan.ok || !scan.rest.empty() || !date.ok()) {
        return std::nullopt;
    }
    const Timestamp time =
        std::chrono::sys_days(date) + hours + minutes + seconds + milliseconds - ahead_of_utc;
    // An offset at the edge of the calendar leaves the four-digit years that we can write again.
    const std::chrono::year_month_day utc_date(std::chrono::floor<std::chrono::days>(time));
    if (utc_date.year() < std::chrono::year(0) || utc_date.year() > std::chrono::year(9999)) {
        return std::nullopt;
    }
    return time;
}

}  // namespace sunherd::topics
