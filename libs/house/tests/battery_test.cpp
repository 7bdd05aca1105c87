#include "house/battery.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using sunherd::house::Battery;
using sunherd::house::BatteryModel;

namespace {

/// Runs the battery behind a load of load_w, W < 0: surplus.
void run(Battery& battery, double load_w, double seconds) {
    for (int i = 0; i < std::lround(seconds * 20); ++i) {
        battery.step(0.05, 1, load_w - battery.power_w());
    }
}

}  // namespace

TEST_CASE("a battery brings the grid to zero within seconds, not at once") {
    Battery battery({}, 50, 1);
    run(battery, 1000, 0.5);
    CHECK(battery.power_w() < 600);
    run(battery, 1000, 8);
    CHECK(battery.power_w() == Approx(1000).margin(20));
}

TEST_CASE("a battery charges from what is left over, up to its power") {
    Battery battery({}, 50, 1);
    run(battery, -5000, 20);
    CHECK(battery.power_w() == Approx(-2000).margin(20));
    CHECK(battery.soc_pct() > 50);
    CHECK(battery.charged_wh() > 0);
}

TEST_CASE("a battery never discharges more than its register allows, nor below its reserve") {
    Battery battery({}, 50, 1);
    battery.limit_discharge(300);
    run(battery, 3000, 20);
    CHECK(battery.power_w() <= 300);
    battery.limit_discharge(0);
    run(battery, 3000, 5);
    CHECK(battery.power_w() <= 0);

    Battery empty({}, 4, 1);
    run(empty, 3000, 20);
    CHECK(empty.power_w() <= 0);
}

TEST_CASE("a battery gives back less than it took") {
    BatteryModel model;
    model.standby_w = 0;
    Battery battery(model, 50, 1);
    for (int i = 0; i < 3600; ++i) {
        battery.step(1, 1, -1e6);
    }
    const double took_wh = battery.charged_wh();
    while (battery.soc_pct() > 50) {
        battery.step(1, 1, 1e6);
    }
    CHECK(battery.discharged_wh() == Approx(took_wh * 0.95 * 0.95).epsilon(0.02));
}
