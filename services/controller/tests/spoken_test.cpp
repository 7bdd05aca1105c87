#include "spoken.hpp"

#include "local_time.hpp"
#include "rate_limit.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;
using namespace std::chrono_literals;

TEST_CASE("a value and its end are told apart") {
    CHECK(take_apart("now").value == "now");
    CHECK_FALSE(take_apart("now").span);
    const auto spoken = take_apart("now for 90 min");
    CHECK(spoken.value == "now");
    CHECK(spoken.span == 90min);
    CHECK(take_apart("16 A for 2h").span == 2h);
    CHECK(take_apart("true for 30 s").span == 30s);
    CHECK(take_apart("16 A until 22:00").until == "22:00");
    for (const auto* odd :
         {"now for ever", "now for -1 h", "now for 1e9 h", "now for nan h", " for 1 h", "for 2 h"}) {
        INFO(odd);
        CHECK((!take_apart(odd).span || take_apart(odd).value.empty()));
    }
}

TEST_CASE("numbers carry their unit, or thousands of it, and no other") {
    CHECK(number_with_unit("16", " A") == 16);
    CHECK(number_with_unit(" 16.5 a ", " A") == 16.5);
    CHECK(number_with_unit("10 kWh", " Wh") == 10000);
    CHECK(number_with_unit("4.2kW", " W") == 4200);
    CHECK(number_with_unit("80 %", " %") == 80);
    for (const auto* odd : {"", "A", "16 W", "1 kA", "1,5", "0x10", "inf", "nan", "1e999", "1 2"}) {
        INFO(odd);
        CHECK_FALSE(number_with_unit(odd, " A"));
    }
}

TEST_CASE("times of day are the next ones by local clocks, also when clocks change") {
    const auto at = [](const char* utc) { return *topics::parse_rfc3339(utc); };
    const std::string berlin = "Europe/Berlin";
    CHECK(next_at(7h + 30min, berlin, at("2026-06-21T05:29:59Z")) == at("2026-06-21T05:30:00Z"));
    CHECK(next_at(7h + 30min, berlin, at("2026-06-21T05:30:00Z")) == at("2026-06-22T05:30:00Z"));
    // 2:30 does not come on 29 March, and comes twice on 25 October.
    CHECK(next_at(2h + 30min, berlin, at("2026-03-28T20:00:00Z")) == at("2026-03-29T01:00:00Z"));
    CHECK(next_at(2h + 30min, berlin, at("2026-10-24T20:00:00Z")) == at("2026-10-25T00:30:00Z"));
    CHECK(parse_time_of_day("7:05") == 7h + 5min);
    for (const auto* odd : {"", ":", "7", "24:00", "7:60", "-1:00", "7:5", "007:00", "7:00:00", "7:0x"}) {
        INFO(odd);
        CHECK_FALSE(parse_time_of_day(odd));
    }
}

TEST_CASE("each source has its share, and all together have a limit") {
    RateLimit limit;
    RateLimit::Moment now{1h};
    const auto accepted = [&](const std::string& source, int tries) {
        int count = 0;
        for (int i = 0; i < tries; ++i) {
            count += limit.take(source, now) ? 1 : 0;
        }
        return count;
    };
    CHECK(accepted("a", 1000) == 100);
    CHECK(accepted("b", 10) == 10);
    now += 1s;
    CHECK(accepted("a", 1000) == 20);
    int all = 0;
    for (int i = 0; i < 10000; ++i) {
        all += accepted("liar " + std::to_string(i), 1);
    }
    CHECK(all <= 500);
    now += 1min;
    CHECK(accepted("b", 1000) == 100);
}
