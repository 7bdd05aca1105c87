#include "history/summary.hpp"

#include "a_store.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::history;
using namespace sunherd::history::testing;
using namespace std::chrono_literals;

TEST_CASE("days, weeks, months and years are those of local clocks") {
    const auto zone = "Europe/Berlin";
    const auto late = utc("2026-06-30T22:30:00Z");  // the 1st of July, 0:30
    CHECK(span_of(late, Period::day, zone).name == "2026-07-01");
    CHECK(span_of(late, Period::week, zone).name == "2026-W27");
    CHECK(span_of(late, Period::month, zone).name == "2026-07");
    CHECK(span_of(late, Period::month, zone).start == utc("2026-06-30T22:00:00Z"));
    CHECK(span_of(late, Period::year, zone).end == utc("2026-12-31T23:00:00Z"));
    const auto short_day = span_of(utc("2026-03-29T12:00:00Z"), Period::day, zone);
    CHECK(short_day.end - short_day.start == 23h);
}

TEST_CASE("weeks are ISO's, at both ends of a year") {
    CHECK(span_of(utc("2026-01-01T12:00:00Z"), Period::week, "UTC").name == "2026-W01");
    CHECK(span_of(utc("2027-01-03T12:00:00Z"), Period::week, "UTC").name == "2026-W53");
    CHECK(span_of(utc("2027-01-04T12:00:00Z"), Period::week, "UTC").name == "2027-W01");
    CHECK(span_of(utc("2024-12-30T12:00:00Z"), Period::week, "UTC").name == "2025-W01");
}

TEST_CASE("spans follow each other without gaps, the newest where there are too many") {
    const auto all =
        spans(utc("2025-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"), Period::month, "UTC", 100);
    REQUIRE(all.size() == 24);
    for (std::size_t i = 1; i < all.size(); ++i) {
        CHECK(all[i].start == all[i - 1].end);
    }
    const auto few = spans(utc("2025-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"), Period::month, "UTC", 3);
    REQUIRE(few.size() == 3);
    CHECK(few.front().name == "2026-10");
}

TEST_CASE("a session counts where it began, and sums are sums of what is stated") {
    const auto months =
        spans(utc("2026-05-01T00:00:00Z"), utc("2026-08-01T00:00:00Z"), Period::month, "Europe/Berlin", 9);
    auto a = session_row("a", "garage", utc("2026-05-31T21:59:00Z"), 1000);
    auto b = session_row("b", "garage", utc("2026-05-31T22:00:00Z"), 2000);
    auto c = session_row("c", "garage", utc("2026-06-10T22:00:00Z"), 500);
    auto idle = session_row("d", "garage", utc("2026-06-11T22:00:00Z"), 0);
    a.totals.co2_g = b.totals.co2_g = 100;
    a.totals.cost = 0.33;
    b.totals.cost = 0.66;
    c.totals.cost.reset();
    c.totals.unpriced_wh = 500;
    DayBalance day{{"2026-06-10", utc("2026-06-09T22:00:00Z"), utc("2026-06-10T22:00:00Z")},
                   {.imported_wh = 42}};
    const auto sums = sum_up(months, {a, b, c, idle}, {day});
    REQUIRE(sums.size() == 4);  // the last is August's first two hours, by Berlin's clocks
    CHECK(sums[0].sessions == 1);
    CHECK(sums[0].charging.cost == 0.33);
    CHECK(sums[0].charging.co2_g == 100);
    CHECK(sums[1].sessions == 2);
    CHECK(sums[1].charging.energy_wh == 2500);
    CHECK(sums[1].charging.cost == 0.66);
    CHECK(sums[1].charging.unpriced_wh == 500);
    CHECK_FALSE(sums[1].charging.co2_g);
    CHECK(sums[1].site.imported_wh == 42);
    CHECK(sums[2].sessions == 0);
}

TEST_CASE("what the house takes is the rest, and never negative") {
    CHECK(Balance{.imported_wh = 10,
                  .exported_wh = 2,
                  .pv_wh = 7,
                  .charged_wh = 3,
                  .discharged_wh = 1,
                  .evse_wh = 4}
              .house_wh() == 9);
    CHECK(Balance{.exported_wh = 2}.house_wh() == 0);
}
