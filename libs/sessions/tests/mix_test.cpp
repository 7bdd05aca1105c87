#include "sessions/mix.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace sunherd::sessions;

TEST_CASE("the house has the sun first, then EVSEs, and the rest is the grid's") {
    // House 1 kW, sun 5 kW, EVSE 6 kW: 4 kW of sun and 2 kW of the grid.
    const auto mix = mix_of({.grid_w = 2000, .pv_w = 5000, .battery_w = 0, .evse_w = 6000});
    CHECK(mix.sun == Approx(4.0 / 6));
    CHECK(mix.battery == 0);
    CHECK(mix.grid == Approx(2.0 / 6));
}

TEST_CASE("a battery helps after the sun") {
    // House 2 kW, sun 1 kW, battery 3 kW, EVSE 4 kW: the house takes the sun and 1 kW of the battery.
    const auto mix = mix_of({.grid_w = 2000, .pv_w = 1000, .battery_w = 3000, .evse_w = 4000});
    CHECK(mix.sun == 0);
    CHECK(mix.battery == Approx(0.5));
    CHECK(mix.grid == Approx(0.5));
}

TEST_CASE("a battery that charges is served last") {
    // Sun 6 kW, house 1 kW, EVSE 5 kW, battery charges with 2 kW: those come from the grid.
    const auto mix = mix_of({.grid_w = 2000, .pv_w = 6000, .battery_w = -2000, .evse_w = 5000});
    CHECK(mix.sun == Approx(1));
    CHECK(mix.grid == Approx(0));
}

TEST_CASE("at night all is the grid's, and while nothing charges there is no mix") {
    CHECK(mix_of({.grid_w = 11500, .pv_w = 0, .battery_w = 0, .evse_w = 11000}).grid == 1);
    CHECK(mix_of({.grid_w = 500}) == sunherd::energy::Mix{});
}

TEST_CASE("parts are parts of the whole, and no source gives more than it has") {
    CHECK(rc::check([] {
        const auto watts = [](int least) { return *rc::gen::inRange(least, 30'000) * 1.0; };
        const SiteFlows flows{watts(-30'000), watts(0), watts(-10'000), watts(1)};
        const auto mix = mix_of(flows);
        RC_ASSERT(mix.sun >= 0);
        RC_ASSERT(mix.battery >= 0);
        RC_ASSERT(mix.grid >= 0);
        RC_ASSERT(mix.sun + mix.battery + mix.grid < 1 + 1e-9);
        if (flows.grid_w + flows.pv_w + flows.battery_w >= flows.evse_w) {  // readings that can be true
            RC_ASSERT(std::abs(mix.sun + mix.battery + mix.grid - 1) < 1e-9);
        }
        RC_ASSERT(mix.grid * flows.evse_w <= std::max(0.0, flows.grid_w) + 1e-6);
        RC_ASSERT(mix.sun * flows.evse_w <= flows.pv_w + 1e-6);
        RC_ASSERT(mix.battery * flows.evse_w <= std::max(0.0, flows.battery_w) + 1e-6);
    }));
}
