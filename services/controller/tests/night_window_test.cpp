#include "night_window.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace std::chrono_literals;
using controller::open_window;

namespace {

site::TimeWindow window(std::chrono::minutes from, std::chrono::minutes to, std::vector<int> weekdays = {}) {
    return {.weekdays = std::move(weekdays), .from = from, .to = to, .max_current_a = {}};
}

bool is_open(const site::TimeWindow& candidate, const char* utc) {
    return open_window({candidate}, "Europe/Berlin", topics::parse_rfc3339(utc).value()).has_value();
}

}  // namespace

TEST_CASE("a window over midnight is open on both sides of it, in local time") {
    const auto night = window(22h, 6h);
    CHECK_FALSE(is_open(night, "2026-06-21T19:59:59Z"));  // 21:59 in Berlin
    CHECK(is_open(night, "2026-06-21T20:00:00Z"));
    CHECK(is_open(night, "2026-06-22T03:59:59Z"));
    CHECK_FALSE(is_open(night, "2026-06-22T04:00:00Z"));
    CHECK(is_open(night, "2026-12-21T21:00:00Z"));  // winter: an hour later by UTC
    CHECK_FALSE(is_open(night, "2026-12-21T20:59:59Z"));
}

TEST_CASE("weekdays are those on which the window begins") {
    const auto friday = window(22h, 6h, {5});
    CHECK(is_open(friday, "2026-06-19T21:00:00Z"));  // Friday 23:00
    CHECK(is_open(friday, "2026-06-20T02:00:00Z"));  // Saturday 04:00 still
    CHECK_FALSE(is_open(friday, "2026-06-20T21:00:00Z"));
}

TEST_CASE("on the short night the missing hour is not waited for, on the long one both hours count") {
    const auto two_to_four = window(2h, 4h);
    // 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
    CHECK_FALSE(is_open(two_to_four, "2026-03-29T00:59:59Z"));
    CHECK(is_open(two_to_four, "2026-03-29T01:00:00Z"));
    CHECK(is_open(two_to_four, "2026-03-29T01:59:59Z"));
    CHECK_FALSE(is_open(two_to_four, "2026-03-29T02:00:00Z"));
    // 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC; 02:00 to 04:00 local lasts three hours.
    CHECK_FALSE(is_open(two_to_four, "2026-10-24T23:59:59Z"));
    CHECK(is_open(two_to_four, "2026-10-25T00:00:00Z"));
    CHECK(is_open(two_to_four, "2026-10-25T02:59:59Z"));
    CHECK_FALSE(is_open(two_to_four, "2026-10-25T03:00:00Z"));
}

TEST_CASE("a window within the missing hour stays closed, one within the doubled hour is open once") {
    const auto half_past_two = window(2h + 15min, 2h + 45min);
    for (const auto* time : {"2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"}) {
        CHECK_FALSE(is_open(half_past_two, time));
    }
    CHECK(is_open(half_past_two, "2026-10-25T00:15:00Z"));  // 02:15 CEST
    CHECK(is_open(half_past_two, "2026-10-25T01:00:00Z"));  // in one piece
    CHECK(is_open(half_past_two, "2026-10-25T01:44:59Z"));  // 02:44 CET
    CHECK_FALSE(is_open(half_past_two, "2026-10-25T01:45:00Z"));
}

TEST_CASE("equal ends mean the whole day, and no window means closed") {
    CHECK(is_open(window(0h, 0h), "2026-06-21T12:00:00Z"));
    CHECK_FALSE(open_window({}, "Europe/Berlin", topics::parse_rfc3339("2026-06-21T12:00:00Z").value()));
}

TEST_CASE("of several open windows the first one counts") {
    auto narrow = window(0h, 5h);
    narrow.max_current_a = 10;
    const auto open = open_window({narrow, window(22h, 6h)}, "Europe/Berlin",
                                  topics::parse_rfc3339("2026-06-21T23:00:00Z").value());
    REQUIRE(open);
    CHECK(open->max_current_a == 10.0);
}
