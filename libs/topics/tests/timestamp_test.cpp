#include "topics/timestamp.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::topics;
using namespace std::chrono;

TEST_CASE("a time is written in UTC with milliseconds") {
    const Timestamp time = sys_days(2026y / June / 21) + 10h + 15min + 30s + 250ms;
    CHECK(to_rfc3339(time) == "2026-06-21T10:15:30.250Z");
    CHECK(to_rfc3339(Timestamp{}) == "1970-01-01T00:00:00.000Z");
    CHECK(to_rfc3339(Timestamp{-1ms}) == "1969-12-31T23:59:59.999Z");
    CHECK(to_rfc3339(sys_days(2028y / February / 29)) == "2028-02-29T00:00:00.000Z");
}

TEST_CASE("a time is read with any offset and fraction") {
    const Timestamp time = sys_days(2026y / June / 21) + 10h + 15min + 30s + 250ms;
    CHECK(parse_rfc3339("2026-06-21T10:15:30.250Z") == time);
    CHECK(parse_rfc3339("2026-06-21T12:15:30.25+02:00") == time);
    CHECK(parse_rfc3339("2026-06-21T05:45:30.250999999-04:30") == time);
    CHECK(parse_rfc3339("2026-06-21T10:15:30Z") == time - 250ms);
    CHECK(parse_rfc3339("2026-03-01T00:30:00+01:00") == sys_days(2026y / February / 28) + 23h + 30min);
}

TEST_CASE("what is no time is refused") {
    const auto* text = GENERATE(
        "", "2026", "2026-06-21", "2026-06-21T10:15:30", "2026-06-21 10:15:30Z", "2026-06-21t10:15:30z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-06-31T00:00:00Z",
        "2026-06-00T00:00:00Z", "2026-06-21T24:00:00Z", "2026-06-21T10:60:00Z", "2026-06-21T10:15:60Z",
        "2026-06-21T10:15:30.Z", "2026-06-21T10:15:30.1234567890Z", "2026-06-21T10:15:30+2:00",
        "2026-06-21T10:15:30+02", "2026-06-21T10:15:30+24:00", "2026-06-21T10:15:30+02:60",
        "2026-06-21T10:15:30Zx", " 2026-06-21T10:15:30Z", "+2026-06-21T10:15:30Z", "-026-06-21T10:15:30Z",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01");
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("the calendar's four-digit years survive both ways") {
    const auto* text =
        GENERATE("0000-01-01T00:00:00.000Z", "1900-02-28T23:59:59.999Z", "9999-12-31T23:59:59.999Z");
    const auto time = parse_rfc3339(text);
    REQUIRE(time);
    CHECK(to_rfc3339(*time) == text);
}
