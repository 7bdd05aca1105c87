#include "bench_site.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

/// Time goes on, EVSEs answer, the grid meter doesn't.
void run_blind(BenchSite& bench, int seconds) {
    for (int i = 0; i < seconds; ++i) {
        const auto read_at = bench.site.circuits[0].read_at;
        bench.site.now += 1s;
        bench.measure();
        bench.site.circuits[0].read_at = read_at;
        bench.decide();
        bench.obey();
    }
}

}  // namespace

TEST_CASE("without a fresh grid reading every EVSE falls to its fallback, and is never raised to it") {
    BenchSite bench(50);
    bench.add("charging");
    bench.add("low").max_a = 8;
    bench.evse("low").fallback_a = 16;
    bench.add("waiting", ChargeMode::solar);
    bench.add("off", ChargeMode::off);
    bench.run(10);
    REQUIRE(bench.target_a("charging") == 16);
    run_blind(bench, 5);
    CHECK(bench.target_a("charging") == 16);
    run_blind(bench, 1);
    CHECK(bench.last.ems_state == EmsState::fault);
    CHECK(bench.last.reason.code == ReasonCode::grid_stale);
    CHECK(bench.target_a("charging") == 6);
    CHECK(bench.why("charging") == ReasonCode::grid_stale);
    CHECK(bench.target_a("low") == 8);
    CHECK(bench.target_a("waiting") == 0);
    CHECK(bench.target_a("off") == 0);

    SECTION("and it goes on when readings are back, after a moment") {
        bench.run(1);
        CHECK(bench.target_a("charging") == 6);
        CHECK(bench.why("charging") == ReasonCode::confirming);
        bench.run(9);
        CHECK(bench.target_a("charging") == 16);
        CHECK(bench.last.ems_state == EmsState::ok);
    }
    SECTION("a mode that the user switches off meanwhile stops it, one switched on does not start it") {
        bench.evse("charging").mode = ChargeMode::off;
        bench.evse("off").mode = ChargeMode::now;
        run_blind(bench, 20);
        CHECK(bench.target_a("charging") == 0);
        CHECK(bench.target_a("off") == 0);
    }
}

TEST_CASE("fallbacks fit below each fuse beside what the house drew last") {
    BenchSite bench(25);
    bench.house({10, 10, 10});
    bench.add("first").max_a = 7.5;
    bench.add("second", ChargeMode::now, 2).max_a = 7.5;
    bench.run(10);
    REQUIRE(bench.target_a("second") == 7.5);
    bench.house_a = {12, 12, 12};
    bench.run(1);
    REQUIRE(bench.target_a("first") + bench.target_a("second") <= 13);
    bench.evse("first").fallback_a = 16;
    bench.evse("second").fallback_a = 16;
    run_blind(bench, 10);
    CHECK(bench.target_a("first") + bench.target_a("second") <= 13);
    CHECK(bench.target_a("first") >= 6);
}

TEST_CASE("a fresh start keeps what a car already draws, and raises it when readings have held") {
    BenchSite bench(25);
    bench.add("garage").in_force_a = 9;
    bench.draw("garage", {9, 9, 9});
    bench.run(1);
    CHECK(bench.target_a("garage") == 9);
    bench.run(3);
    CHECK(bench.target_a("garage") == 16);
}

TEST_CASE("whoever was asleep while readings were missing begins at the fallback") {
    BenchSite bench(25);
    bench.add("garage");
    bench.run(10);
    REQUIRE(bench.target_a("garage") == 16);
    bench.site.now += 30s;
    bench.measure();
    bench.decide();
    CHECK(bench.target_a("garage") == 6);
    bench.run(5);
    CHECK(bench.target_a("garage") == 16);
}

TEST_CASE("a silent sub-meter holds only what hangs below it") {
    BenchSite bench(50);
    bench.site.circuits.push_back({.id = "garages", .parent = 0, .limit_a = 25, .metered = true});
    bench.add("inside").circuit = 1;
    bench.add("outside");
    bench.run(10);
    REQUIRE(bench.target_a("inside") == 16);
    const auto heard = bench.site.now;
    for (int i = 0; i < 10; ++i) {
        bench.site.now += 1s;
        bench.measure();
        bench.site.circuits[1].read_at = heard;
        bench.decide();
        bench.obey();
    }
    CHECK(bench.target_a("inside") == 6);
    CHECK(bench.why("inside") == ReasonCode::circuit_stale);
    CHECK(bench.target_a("outside") == 16);
    CHECK(bench.last.ems_state == EmsState::degraded);
}

TEST_CASE("a grid reading that lacks a phase is no grid reading") {
    BenchSite bench(25);
    bench.add("garage");
    bench.run(10);
    bench.site.now += 1s;
    bench.measure();
    bench.site.circuits[0].current_a[1].reset();
    bench.decide();
    CHECK(bench.target_a("garage") == 6);
    CHECK(bench.last.ems_state == EmsState::fault);
}

TEST_CASE("a write whose outcome is not known counts as not done") {
    BenchSite bench(25);
    Evse& unsure = bench.add("unsure");
    unsure.state = Iec61851::B;
    unsure.max_a = 6;
    unsure.unconfirmed_a = 16;
    bench.add("other", ChargeMode::now, 2);
    bench.run(10, false);
    CHECK(bench.target_a("other") == 7);
    bench.evse("unsure").unconfirmed_a.reset();
    bench.run(5, false);
    CHECK(bench.target_a("other") == 16);
}

TEST_CASE("senseless values are decided safely") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BenchSite bench(25);
    bench.add("garage");
    bench.run(5);
    REQUIRE(bench.target_a("garage") == 16);

    SECTION("limits that are none") {
        for (const double limit : {nan, -5.0, 0.0}) {
            bench.site.circuits[0].limit_a = limit;
            bench.run(1);
            CHECK(bench.target_a("garage") == 0);
        }
    }
    SECTION("currents of the EVSE") {
        bench.evse("garage").min_a = 20;
        bench.run(1);
        CHECK(bench.why("garage") == ReasonCode::max_zero);
        bench.evse("garage").min_a = nan;
        bench.run(1);
        CHECK(bench.target_a("garage") == 0);
    }
    SECTION("a grid reading of NaN") {
        bench.house_a = {nan, 0, 0};
        bench.run(1);
        CHECK(bench.last.ems_state == EmsState::fault);
        CHECK(bench.target_a("garage") == 6);
    }
    SECTION("a circuit that does not exist, or a loop of circuits") {
        bench.evse("garage").circuit = 7;
        bench.site.now += 1s;
        CHECK(decide(bench.site, bench.memory).evses[0].target_a == 0);
        bench.site.circuits.push_back({.id = "loop", .parent = 1, .limit_a = 100});
        bench.evse("garage").circuit = 1;
        CHECK(decide(bench.site, bench.memory).evses[0].target_a == 0);
    }
    SECTION("no circuit, no EVSE, no phase") {
        CHECK(decide({}, {}).evses.empty());
        bench.site.circuits.clear();
        CHECK(decide(bench.site, {}).evses[0].target_a == 0);
        bench.site.phases = 0;
        CHECK(decide(bench.site, {}).ems_state == EmsState::fault);
    }
    SECTION("a phase that the site does not have") {
        BenchSite one(25, 1);
        one.add("three").wiring = {.site_phase = {1, 2, 0}, .count = 1};
        one.run(5, false);
        CHECK(one.target_a("three") == 0);
        CHECK(one.why("three") == ReasonCode::max_zero);
    }
}
