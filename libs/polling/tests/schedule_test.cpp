#include "polling/schedule.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace sunherd::polling;
using namespace std::chrono_literals;

namespace {
const TimePoint kStart{1000s};
}

TEST_CASE("a poll that takes long does not shift the grid") {
    Schedule schedule(kStart);
    schedule.add(1000ms, 300ms, false);
    for (int n = 0; n < 1000; ++n) {
        const auto grid_point = kStart + 300ms + n * 1000ms;
        REQUIRE(schedule.next() == grid_point);
        REQUIRE_FALSE(schedule.take(grid_point - 1ns));
        const auto due = schedule.take(grid_point + 37ms);
        REQUIRE(due);
        CHECK(due->missed == 0);
    }
}

TEST_CASE("missed polls are left out, not made up for") {
    Schedule schedule(kStart);
    const auto meter = schedule.add(100ms, 0ms, false);
    REQUIRE(schedule.take(kStart)->entry == meter);
    const auto late = schedule.take(kStart + 750ms);
    REQUIRE(late);
    CHECK(late->missed == 6);
    CHECK_FALSE(schedule.take(kStart + 750ms));
    CHECK(schedule.next() == kStart + 800ms);
}

TEST_CASE("nothing is polled more often than every 100 ms") {
    Schedule schedule(kStart);
    schedule.add(1ms, 0ms, false);
    REQUIRE(schedule.take(kStart));
    CHECK(schedule.next() == kStart + 100ms);
}

TEST_CASE("nothing to poll is never due") {
    Schedule schedule(kStart);
    CHECK_FALSE(schedule.next());
    CHECK_FALSE(schedule.take(kStart + 24h));
}

TEST_CASE("of two that are due the urgent one goes first, else the one that waits longer") {
    Schedule schedule(kStart);
    const auto charger = schedule.add(1000ms, 0ms, false);
    const auto load_guard = schedule.add(100ms, 50ms, true);
    const auto meter = schedule.add(1000ms, 20ms, false);
    const auto now = kStart + 90ms;
    CHECK(schedule.take(now)->entry == load_guard);
    CHECK(schedule.take(now)->entry == charger);
    CHECK(schedule.take(now)->entry == meter);
    CHECK_FALSE(schedule.take(now));
}

TEST_CASE("an urgent entry that is always due does not starve the others") {
    Schedule schedule(kStart);
    const auto charger = schedule.add(1000ms, 0ms, false);
    schedule.add(100ms, 0ms, true);
    int charger_polls = 0;
    auto now = kStart;
    for (; now < kStart + 60s; now += 130ms) {  // each poll takes longer than the urgent one's period
        const auto due = schedule.take(now);
        charger_polls += due && due->entry == charger ? 1 : 0;
    }
    CHECK(charger_polls >= 25);
}

TEST_CASE("a postponed entry comes back on its grid") {
    Schedule schedule(kStart);
    const auto silent = schedule.add(1000ms, 300ms, false);
    schedule.postpone(silent, kStart + 2400ms);
    CHECK(schedule.next() == kStart + 3300ms);
    schedule.postpone(silent, kStart + 1000ms);  // earlier than due: no change
    CHECK(schedule.next() == kStart + 3300ms);
    schedule.postpone(silent, kStart + 4300ms);  // exactly a grid point
    CHECK(schedule.next() == kStart + 4300ms);
}

TEST_CASE("many devices of one period are spread evenly over it") {
    for (const std::size_t count : {2U, 5U, 100U}) {
        std::vector<milliseconds> offsets;
        for (std::size_t n = 0; n < count; ++n) {
            offsets.push_back(spread(n, 1000ms));
            CHECK(offsets.back() < 1000ms);
        }
        std::sort(offsets.begin(), offsets.end());
        const auto fair_share = 1000ms / count;
        for (std::size_t n = 1; n < count; ++n) {
            CHECK(offsets[n] - offsets[n - 1] >= fair_share / 3);
        }
    }
}
