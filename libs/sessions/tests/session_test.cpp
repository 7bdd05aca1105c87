#include "sessions/session.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::sessions;

namespace {

const Timestamp kTen = *topics::parse_rfc3339("2026-06-21T10:00:00Z");

Slice slice(energy::Flow flow, std::optional<double> price, double feed_in = 0.08) {
    Slice one{.flow = flow, .price = {}};
    if (price) {
        one.price = topics::PriceSlot{
            .start = kTen, .price_per_kwh = *price, .feed_in_per_kwh = feed_in, .co2_g_per_kwh = 300};
    }
    return one;
}

}  // namespace

TEST_CASE("grid energy costs the price, sun and battery what they would have earned") {
    const auto one = slice({.energy_wh = 4000, .sun_wh = 1000, .battery_wh = 1000, .grid_wh = 2000}, 0.30);
    CHECK(*one.cost() == Approx(2 * 0.30 + 2 * 0.08));
    CHECK(*one.co2_g() == Approx(600));
}

TEST_CASE("what nobody knows the source of costs as much as the grid") {
    CHECK(*slice({.energy_wh = 1000}, 0.30).cost() == Approx(0.30));
}

TEST_CASE("totals are sums, to the cent once") {
    Slices slices;
    for (int i = 0; i < 7; ++i) {
        slices[kTen + std::chrono::minutes(5 * i)] = slice({.energy_wh = 100, .grid_wh = 100}, 0.333);
    }
    auto totals = totals_of(slices);
    CHECK(totals.energy_wh == Approx(700));
    CHECK(totals.cost == 0.23);  // 0.2331, not 7 times 0.03
    CHECK(totals.unpriced_wh == 0);
    slices[kTen + std::chrono::minutes(60)] = slice({.energy_wh = 50, .grid_wh = 50}, std::nullopt);
    totals = totals_of(slices);
    CHECK(totals.cost == 0.23);
    CHECK(totals.unpriced_wh == 50);
    CHECK_FALSE(totals.co2_g);
}

TEST_CASE("negative prices are earned") {
    Slices slices;
    slices[kTen] = slice({.energy_wh = 10'000, .grid_wh = 10'000}, -0.05);
    CHECK(totals_of(slices).cost == -0.5);
}

TEST_CASE("a session without prices has no cost, one without charging no power") {
    Session session{.id = "garage-1", .evse = "garage", .start = kTen};
    const auto message = to_message(session, totals_of({}), "EUR");
    CHECK(message.energy_wh == 0);
    CHECK_FALSE(message.cost);
    CHECK_FALSE(message.currency);
    CHECK_FALSE(message.avg_power_w);
    CHECK_FALSE(message.peak_power_w);
}

TEST_CASE("halves of a cent are rounded away from zero, also where they are a little less in binary") {
    CHECK(to_the_cent(1.005) == 1.01);
    CHECK(to_the_cent(0.285) == 0.29);
    CHECK(to_the_cent(-1.005) == -1.01);
    CHECK(to_the_cent(1.0049) == 1.00);
    CHECK(to_the_cent(123456.785) == 123456.79);
}
