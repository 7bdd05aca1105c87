#include "house/prices.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::house;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

sunherd::topics::Timestamp utc(const char* text) {
    return *sunherd::topics::parse_rfc3339(text);
}

}  // namespace

TEST_CASE("each recorded price holds until the next one") {
    const auto prices = parse_prices(
        "time_utc,day_ahead_eur_per_kwh\n2024-06-10T00:00:00Z,0.0344\n2024-06-10T01:00:00Z,-0.0012\n"
        "2024-06-10T01:15:00Z,0.05\n",
        "prices.csv");
    REQUIRE(prices);
    CHECK((*prices)->currency() == "EUR");
    const auto slots = (*prices)->slots(utc("2024-06-10T00:59:00Z"), utc("2024-06-11T00:00:00Z"));
    REQUIRE(slots.size() == 3);
    CHECK(slots[0].price_per_kwh == 0.0344);
    CHECK(slots[0].end == utc("2024-06-10T01:00:00Z"));
    CHECK(slots[1].price_per_kwh == -0.0012);
    CHECK(slots[2].end == utc("2024-06-10T01:30:00Z"));  // as long as the one before
    CHECK((*prices)->slots(utc("2024-06-10T01:00:00Z"), utc("2024-06-10T01:15:00Z")).size() == 1);
}

TEST_CASE("what is no list of prices is refused with its line") {
    CHECK_THAT(parse_prices("time_utc,price\n", "p.csv").error().text, Contains("p.csv:1: the header lacks"));
    CHECK_THAT(parse_prices("time_utc,spot_sek_per_kwh\n2024-06-10T00:00:00Z,cheap\n", "p.csv").error().text,
               Contains("p.csv:2: spot_sek_per_kwh is 'cheap'"));
    CHECK_THAT(
        parse_prices("time_utc,spot_sek_per_kwh\n2024-06-10T00:00:00Z,1\n2024-06-10T00:00:00Z,1\n", "p.csv")
            .error()
            .text,
        Contains("p.csv:3: the time is not after"));
    CHECK_THAT(parse_prices("time_utc,spot_sek_per_kwh\n", "p.csv").error().text, Contains("no prices"));
}

TEST_CASE("the built-in market is dear in the evening and below zero at noon") {
    const BuiltInPrices prices;
    const auto day = prices.slots(utc("2026-06-21T00:00:00Z"), utc("2026-06-22T00:00:00Z"));
    REQUIRE(day.size() == 96);
    const auto by_price = [](const auto& a, const auto& b) { return a.price_per_kwh < b.price_per_kwh; };
    const auto& cheapest = *std::ranges::min_element(day, by_price);
    const auto& dearest = *std::ranges::max_element(day, by_price);
    CHECK(cheapest.price_per_kwh < 0);
    CHECK(cheapest.start > utc("2026-06-21T09:00:00Z"));
    CHECK(cheapest.start < utc("2026-06-21T14:00:00Z"));
    CHECK(dearest.start > utc("2026-06-21T16:00:00Z"));
    for (std::size_t i = 1; i < day.size(); ++i) {
        CHECK(day[i].start == day[i - 1].end);
    }
}
