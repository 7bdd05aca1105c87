#include "house/charge_point.hpp"
#include "house/visits.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace sunherd::house;

namespace {

constexpr PerPhase kVolts{230, 230, 230};

ChargePoint point_with(const CarModel& model, const char* rotation = "L1L2L3") {
    ChargePoint point("garage", PhaseRotation::parse(rotation).value());
    point.plug(Car(model, 0));
    return point;
}

void run(ChargePoint& point, double seconds) {
    for (int i = 0; i < std::lround(seconds * 20); ++i) {
        point.step(0.05, 1, kVolts);
    }
}

}  // namespace

TEST_CASE("a car takes seconds to follow: contactor, dead time, ramp") {
    auto point = point_with({});
    CHECK(point.charging() == Charging::paused_by_evse);
    point.offer(16);
    run(point, 0.5);
    CHECK(point.charging() == Charging::starting);
    run(point, 1.5);
    CHECK(point.car()->current_a() == 0);  // contactor 1 s, then 1.5 s of dead time
    run(point, 1.5);
    CHECK(point.car()->current_a() > 0);
    CHECK(point.car()->current_a() < 16);
    CHECK(point.charging() == Charging::charging);
    run(point, 4);
    CHECK(point.car()->current_a() == 16);

    point.offer(10);
    run(point, 1.4);
    CHECK(point.car()->current_a() == 16);
    run(point, 2);
    CHECK(point.car()->current_a() == 10);
}

TEST_CASE("an offer below 6 A pauses the car and opens the contactor") {
    auto point = point_with({});
    point.offer(16);
    run(point, 10);
    point.offer(5.9);
    run(point, 8);
    CHECK(point.charging() == Charging::paused_by_evse);
    CHECK(point.car()->current_a() == 0);
}

TEST_CASE("some cars follow in whole amperes, some ignore small steps") {
    auto whole = point_with(car_model(1));
    whole.offer(9.7);
    run(whole, 10);
    CHECK(whole.car()->current_a() == 9);

    auto sluggish = point_with(car_model(2));
    sluggish.offer(10);
    run(sluggish, 10);
    sluggish.offer(9.8);
    run(sluggish, 10);
    CHECK(sluggish.car()->current_a() == 10);
    sluggish.offer(9.5);
    run(sluggish, 10);
    CHECK(sluggish.car()->current_a() == 9.5);
}

TEST_CASE("a full car pauses by itself, an ended session needs a new plug") {
    CarModel small;
    small.capacity_wh = 100;
    auto point = point_with(small);
    point.offer(16);
    run(point, 120);
    CHECK(point.charging() == Charging::paused_by_car);
    CHECK(point.session_energy_wh() == Approx(100 / small.efficiency).margin(10));

    auto ended = point_with({});
    ended.offer(16);
    run(ended, 10);
    ended.end_session();
    run(ended, 10);
    CHECK(ended.charging() == Charging::ended);
    CHECK(ended.car()->current_a() == 0);
    ended.plug(Car({}, 0));
    run(ended, 10);
    CHECK(ended.charging() == Charging::charging);
}

TEST_CASE("a one-phase car loads the phase of the site that the rotation says") {
    auto point = point_with(car_model(2), "L3L1L2");
    point.offer(16);
    run(point, 10);
    CHECK(point.current_a() == PerPhase{0, 0, 16});
    CHECK(sum(point.power_w(kVolts)) == 16 * 230);
}

TEST_CASE("a pulled plug ends the current at once") {
    auto point = point_with({});
    point.offer(16);
    run(point, 10);
    point.unplug();
    CHECK(sum(point.current_a()) == 0);
    CHECK(point.charging() == Charging::no_car);
}

TEST_CASE("odd phase rotations are refused") {
    for (const char* text : {"", "L", "L4", "L1L1", "L1L2L3L1", "l1", "L1L2X3", "123"}) {
        CHECK_FALSE(PhaseRotation::parse(text));
    }
    CHECK(PhaseRotation::parse("L2")->phases() == 1);
    CHECK(PhaseRotation::parse("L2L3L1")->site_phase(2) == 0);
}
