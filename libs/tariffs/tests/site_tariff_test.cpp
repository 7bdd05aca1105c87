#include "tariffs/site_tariff.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::tariffs;
using namespace std::chrono_literals;

namespace {

Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

const PriceBook kNoMarket;

site::Tariff fixed() {
    return {.energy_per_kwh = 0.20, .fees_per_kwh = 0.08, .tax_pct = 19, .feed_in_per_kwh = 0.078};
}

double price(const SiteTariff& tariff, const char* moment, const PriceBook& market = kNoMarket) {
    return tariff.at(utc(moment), market).value().price_per_kwh;
}

}  // namespace

TEST_CASE("a fixed price is energy and fees, and taxes on both") {
    const SiteTariff tariff(fixed(), "Europe/Berlin");
    const auto slot = tariff.at(utc("2026-06-21T10:15:00Z"), kNoMarket).value();
    CHECK(slot.price_per_kwh == Approx(0.3332));
    CHECK(slot.energy_price_per_kwh == 0.20);
    CHECK(slot.feed_in_per_kwh == 0.078);
    CHECK(slot.start == utc("2026-06-20T22:00:00Z"));  // the local day
    CHECK(slot.end == utc("2026-06-21T22:00:00Z"));
}

TEST_CASE("time of use: a window over midnight belongs to the day on which it begins") {
    auto settings = fixed();
    settings.tax_pct = 0;
    settings.times = {{.weekdays = {5}, .from = 22h, .to = 6h, .energy_per_kwh = 0.10}};
    const SiteTariff tariff(settings, "Europe/Berlin");
    CHECK(price(tariff, "2026-06-19T19:59:59Z") == Approx(0.28));  // Friday 21:59:59
    CHECK(price(tariff, "2026-06-19T20:00:00Z") == Approx(0.18));
    CHECK(price(tariff, "2026-06-20T03:59:59Z") == Approx(0.18));  // Saturday 5:59:59
    CHECK(price(tariff, "2026-06-20T04:00:00Z") == Approx(0.28));
    CHECK(price(tariff, "2026-06-20T20:00:00Z") == Approx(0.28));  // Saturday 22:00
}

TEST_CASE("each price comes from the first entry that has it") {
    auto settings = fixed();
    settings.tax_pct = 0;
    settings.times = {{.from = 12h, .to = 14h, .fees_per_kwh = 0.01},
                      {.from = 10h, .to = 18h, .energy_per_kwh = 0.15, .feed_in_per_kwh = 0.05},
                      {.energy_per_kwh = 0.25, .fees_per_kwh = 0.09}};
    const SiteTariff tariff(settings, "UTC");
    CHECK(price(tariff, "2026-06-21T13:00:00Z") == Approx(0.16));
    CHECK(price(tariff, "2026-06-21T15:00:00Z") == Approx(0.24));
    CHECK(price(tariff, "2026-06-21T19:00:00Z") == Approx(0.34));
    const auto slot = tariff.at(utc("2026-06-21T13:00:00Z"), kNoMarket).value();
    CHECK(slot.start == utc("2026-06-21T12:00:00Z"));
    CHECK(slot.end == utc("2026-06-21T14:00:00Z"));
    CHECK(slot.feed_in_per_kwh == 0.05);
}

TEST_CASE("a season may reach over the end of the year") {
    auto settings = fixed();
    settings.tax_pct = 0;
    settings.times = {{.season_from = "10-01", .season_to = "03-31", .fees_per_kwh = 0.10}};
    const SiteTariff tariff(settings, "Europe/Berlin");
    CHECK(price(tariff, "2026-09-30T21:59:59Z") == Approx(0.28));
    CHECK(price(tariff, "2026-09-30T22:00:00Z") == Approx(0.30));  // the 1st of October in Berlin
    CHECK(price(tariff, "2026-12-31T23:30:00Z") == Approx(0.30));
    CHECK(price(tariff, "2027-03-31T21:59:59Z") == Approx(0.30));
    CHECK(price(tariff, "2027-03-31T22:00:00Z") == Approx(0.28));
}

TEST_CASE("days of 23 and 25 hours have all their hours") {
    auto settings = fixed();
    settings.tax_pct = 0;
    settings.times = {{.from = 2h, .to = 3h, .energy_per_kwh = 0.05}};
    const SiteTariff tariff(settings, "Europe/Berlin");
    // The clocks leave 2:00 to 3:00 out: nothing is cheap that night.
    CHECK(price(tariff, "2026-03-29T00:59:59Z") == Approx(0.28));
    CHECK(price(tariff, "2026-03-29T01:00:00Z") == Approx(0.28));
    // It comes twice: two cheap hours.
    CHECK(price(tariff, "2026-10-24T23:59:59Z") == Approx(0.28));
    CHECK(price(tariff, "2026-10-25T00:00:00Z") == Approx(0.13));
    CHECK(price(tariff, "2026-10-25T01:59:59Z") == Approx(0.13));
    CHECK(price(tariff, "2026-10-25T02:00:00Z") == Approx(0.28));
    const auto all = tariff.slots(utc("2026-10-24T22:00:00Z"), utc("2026-10-25T23:00:00Z"), kNoMarket, 100);
    REQUIRE(all.size() == 3);
    CHECK(all[1].end - all[1].start == 2h);
    CHECK(all[2].end == utc("2026-10-25T23:00:00Z"));
}

TEST_CASE("a market's slots with fees and taxes on them") {
    PriceBook market;
    market.add({.start = utc("2026-06-21T10:00:00Z"),
                .end = utc("2026-06-21T10:15:00Z"),
                .price_per_kwh = 0.4,
                .energy_price_per_kwh = -0.02,
                .co2_g_per_kwh = 120});
    auto settings = fixed();
    settings.energy_per_kwh.reset();
    settings.slots = "market";
    settings.co2_g_per_kwh = 380;
    const SiteTariff tariff(settings, "Europe/Berlin");
    const auto slot = tariff.at(utc("2026-06-21T10:07:00Z"), market).value();
    CHECK(slot.price_per_kwh == Approx(0.06 * 1.19));
    CHECK(slot.energy_price_per_kwh == -0.02);
    CHECK(slot.co2_g_per_kwh == 120);
    CHECK(slot.feed_in_per_kwh == 0.078);
    CHECK(slot.end == utc("2026-06-21T10:15:00Z"));
    CHECK_FALSE(tariff.at(utc("2026-06-21T10:15:00Z"), market));

    settings.slots_all_in = true;
    CHECK(price(SiteTariff(settings, "Europe/Berlin"), "2026-06-21T10:07:00Z", market) == 0.4);
}

TEST_CASE("slots of a span, with what is unknown left out") {
    PriceBook market;
    market.add(
        {.start = utc("2026-06-21T10:00:00Z"), .end = utc("2026-06-21T11:00:00Z"), .price_per_kwh = 0.1});
    market.add(
        {.start = utc("2026-06-21T12:00:00Z"), .end = utc("2026-06-21T13:00:00Z"), .price_per_kwh = 0.2});
    site::Tariff settings;
    settings.slots = "market";
    const SiteTariff tariff(settings, "UTC");
    const auto all = tariff.slots(utc("2026-06-21T09:00:00Z"), utc("2026-06-22T09:00:00Z"), market, 10);
    REQUIRE(all.size() == 2);
    CHECK(all[0].start == utc("2026-06-21T10:00:00Z"));
    CHECK(all[1].price_per_kwh == 0.2);
    CHECK(tariff.slots(utc("2026-06-21T09:00:00Z"), utc("2026-06-22T09:00:00Z"), market, 1).size() == 1);
}
