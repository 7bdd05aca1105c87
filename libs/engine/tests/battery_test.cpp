#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

/// A house with sun and a battery that keeps the grid at zero as well as it can, a little late.
struct BatteryHouse {
    BenchSite bench{63};
    double house_w = 0;  ///< without sun and battery; − is sun
    double max_charge_w = 5000;
    double max_discharge_w = 5000;
    bool delivers = true;
    double battery_w = 0;

    explicit BatteryHouse(double soc_pct) {
        bench.add("car", ChargeMode::solar);
        Battery battery;
        battery.power_w = 0;
        battery.soc_pct = soc_pct;
        battery.soc_target_pct = 60;
        battery.max_charge_w = 5000;
        battery.max_discharge_w = 5000;
        bench.site.batteries.push_back(battery);
    }
    Battery& battery() { return bench.site.batteries.front(); }
    double target_a() const { return bench.target_a("car"); }
    double grid_w() const { return house_w + bench.drawn_a(0, 0) * 690 - battery_w; }

    void run(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            const double wanted_w = house_w + bench.drawn_a(0, 0) * 690;
            const double able_w = delivers ? max_discharge_w : 0;
            battery_w += 0.5 * (std::clamp(wanted_w, -max_charge_w, able_w) - battery_w);
            battery().power_w = battery_w;
            const double a = (house_w - battery_w) / 690;
            bench.house({a, a, a}).run(1);
        }
    }
};

}  // namespace

TEST_CASE("below its target the battery takes from the sun first") {
    BatteryHouse house(50);
    house.house_w = -4500;  // all of it goes into the battery
    house.run(300);
    CHECK(house.target_a() == 0);
    CHECK(house.bench.why("car") == ReasonCode::surplus_low);
    house.house_w = -11000;  // 6 kW more than it takes
    house.run(300);
    CHECK(house.target_a() == Approx(6000 / 690.0).margin(0.6));
    CHECK(house.grid_w() < 10);
}

TEST_CASE("from its target on EVSEs come first, with hysteresis") {
    BatteryHouse house(60);
    house.house_w = -6900;
    house.run(300);
    CHECK(house.target_a() == Approx(10).margin(0.6));
    CHECK(std::abs(house.grid_w()) < 200);
    house.battery().soc_pct = 58;  // not yet 3 % below
    house.run(300);
    CHECK(house.target_a() == Approx(10).margin(0.6));
    house.battery().soc_pct = 56.9;
    house.run(400);
    CHECK(house.target_a() == 0);  // 1.9 kW are left beside what the battery takes
    CHECK(house.battery_w == Approx(-5000).margin(10));
}

TEST_CASE("above its target the battery helps, down to the target") {
    BatteryHouse house(80);
    house.house_w = -2760;  // 4 A on each phase
    house.run(300);
    CHECK(house.target_a() == Approx((2760 + 5000) / 690.0).margin(0.6));
    CHECK(house.grid_w() < 50);
    house.battery().soc_pct = 61;
    house.run(60);
    CHECK(house.target_a() > 6);
    house.battery().soc_pct = 60;
    house.run(400);
    CHECK(house.target_a() == 0);
    house.battery().soc_pct = 62;  // helps again 3 % above
    house.run(300);
    CHECK(house.target_a() == 0);
    house.battery().soc_pct = 63;
    house.run(300);
    CHECK(house.target_a() > 6);
}

TEST_CASE("a battery that promises but does not deliver is not counted on") {
    BatteryHouse house(80);
    house.delivers = false;
    house.house_w = -5520;  // 8 A on each phase
    double imported_s = 0;
    for (int i = 0; i < 900; ++i) {
        house.run(1);
        imported_s += house.grid_w() > 200 ? 1 : 0;
    }
    CHECK(house.target_a() == Approx(8).margin(0.6));
    CHECK(imported_s < 40);
}

TEST_CASE("what is kept for a battery that does not take it is for EVSEs") {
    BatteryHouse house(50);
    house.max_charge_w = 0;
    house.house_w = -6900;
    house.run(300);
    CHECK(house.target_a() == Approx(10).margin(0.6));
}

TEST_CASE("a battery whose charge nobody knows keeps its energy") {
    BatteryHouse house(80);
    house.battery().soc_pct.reset();
    house.house_w = -2760;
    house.run(300);
    CHECK(house.target_a() == 0);
}

TEST_CASE("eco spares a battery below its minimum where that is wanted") {
    BatteryHouse house(15);
    house.bench.evse("car").mode = ChargeMode::eco;
    house.battery().soc_min_pct = 20;
    house.house_w = 500;
    house.run(60);
    CHECK(house.target_a() == 6);
    house.battery().spare_below_min = true;
    house.run(400);
    CHECK(house.target_a() == 0);
    CHECK(house.bench.why("car") == ReasonCode::battery_low);
    house.battery().soc_pct = 22;
    house.run(60);
    CHECK(house.target_a() == 0);  // not before 3 % more
    house.battery().soc_pct = 23;
    house.run(60);
    CHECK(house.target_a() == 6);
}

TEST_CASE("excess lives on what is exported, whatever the battery could give") {
    BatteryHouse house(80);
    house.bench.evse("car").mode = ChargeMode::excess;
    house.house_w = -2760;
    house.run(300);
    CHECK(house.target_a() == 0);
    house.house_w = -11000;
    house.run(300);
    CHECK(house.target_a() == Approx(6000 / 690.0).margin(0.6));
}

TEST_CASE("EVSE and battery do not hunt each other") {
    for (const double soc_pct : {40.0, 60.0, 61.0, 75.0}) {
        for (const double sun_w : {3000.0, 6000.0, 9000.0, 14000.0}) {
            BatteryHouse house(soc_pct);
            house.house_w = -sun_w;
            house.run(400);
            int changes = 0;
            for (int i = 0; i < 300; ++i) {
                const double before_a = house.target_a();
                house.run(1);
                changes += house.target_a() != before_a ? 1 : 0;
            }
            CAPTURE(soc_pct, sun_w, house.target_a());
            CHECK(changes <= 2);
        }
    }
}
