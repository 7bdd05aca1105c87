#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

/// 3 × 230 V; surplus in amperes on each phase.
BenchSite sunny(double surplus_a) {
    BenchSite bench(25);
    bench.house({-surplus_a, -surplus_a, -surplus_a});
    return bench;
}

}  // namespace

TEST_CASE("solar starts after the start delay and follows the surplus") {
    auto bench = sunny(8);
    bench.add("garage", ChargeMode::solar);
    bench.run(55);
    CHECK(bench.target_a("garage") == 0);
    CHECK(bench.why("garage") == ReasonCode::surplus_waiting);
    CHECK(bench.last.surplus_w == Approx(5520));
    bench.run(10);
    CHECK(bench.target_a("garage") == 8);
    CHECK(bench.why("garage") == ReasonCode::surplus);
    bench.house_a = {-7, -7, -7};
    bench.run(1);
    CHECK(bench.target_a("garage") == 7);
    bench.house_a = {-10, -10, -10};
    bench.run(20);
    CHECK(bench.target_a("garage") == 10);
}

TEST_CASE("solar keeps its minimum through a cloud, and stops after the stop delay") {
    auto bench = sunny(8);
    bench.add("garage", ChargeMode::solar);
    bench.run(70);
    REQUIRE(bench.target_a("garage") == 8);
    bench.house_a = {-3, -3, -3};
    bench.run(100);
    CHECK(bench.target_a("garage") == 6);
    CHECK(bench.why("garage") == ReasonCode::surplus_ending);
    SECTION("sun is back in time") {
        bench.house_a = {-8, -8, -8};
        bench.run(100);
        CHECK(bench.target_a("garage") == 8);
    }
    SECTION("not in time") {
        bench.run(90);
        CHECK(bench.target_a("garage") == 0);
        CHECK(bench.why("garage") == ReasonCode::surplus_low);
        CHECK(bench.of("garage").reason.needed_w == Approx(4140));
    }
}

TEST_CASE("a surplus that comes and goes before the delay is over starts nothing") {
    auto bench = sunny(8);
    bench.add("garage", ChargeMode::solar);
    for (int i = 0; i < 10; ++i) {
        bench.house_a = {-8, -8, -8};
        bench.run(40);
        bench.house_a = {1, 1, 1};
        bench.run(5);
        REQUIRE(bench.target_a("garage") == 0);
    }
}

TEST_CASE("a one-phase car needs a third of the surplus") {
    auto bench = sunny(2.5);
    bench.add("garage", ChargeMode::solar).wiring = {.site_phase = {0, 1, 2}, .count = 1};
    bench.run(70);
    CHECK(bench.target_a("garage") == 7.5);
}

TEST_CASE("of two, the more important one gets all beyond the minimum") {
    auto bench = sunny(15);
    bench.add("second", ChargeMode::solar, 2);
    bench.add("first", ChargeMode::solar, 1);
    bench.run(70);
    CHECK(bench.target_a("first") == 9);
    CHECK(bench.target_a("second") == 6);
    bench.house_a = {-11, -11, -11};
    bench.run(250);
    CHECK(bench.target_a("first") == 11);
    CHECK(bench.target_a("second") == 0);
}

TEST_CASE("one that starts ahead of another takes its place at once, without the other's stop delay") {
    auto bench = sunny(8);
    bench.add("first", ChargeMode::solar, 1).state = Iec61851::A;
    bench.add("second", ChargeMode::solar, 2);
    bench.run(70);
    REQUIRE(bench.target_a("second") == 8);
    bench.evse("first").state = Iec61851::B;
    bench.run(65);
    CHECK(bench.target_a("second") == 0);
    bench.run(2);
    CHECK(bench.target_a("first") == 8);
}

TEST_CASE("what another EVSE charges by now is no surplus, and what its car leaves is") {
    auto bench = sunny(20);
    bench.add("solar", ChargeMode::solar);
    bench.add("now", ChargeMode::now, 9).max_a = 12;
    bench.run(80);
    CHECK(bench.target_a("now") == 12);
    CHECK(bench.target_a("solar") == 8);
    for (int i = 0; i < 60; ++i) {
        bench.obey();
        bench.draw("now", {9, 9, 9});
        bench.run(1, false);
    }
    CHECK(bench.target_a("now") == 12);
    CHECK(bench.target_a("solar") == Approx(10.5));  // half an ampere is left to the other car
}

TEST_CASE("what a battery gives is no surplus; without its reading nothing is raised") {
    auto bench = sunny(10);
    bench.add("garage", ChargeMode::solar);
    bench.site.batteries.push_back({.power_w = 0});
    bench.run(70);
    REQUIRE(bench.target_a("garage") == 10);
    bench.site.batteries[0].power_w = 2070;  // 3 A on each phase of the 10 A
    bench.run(1);
    CHECK(bench.target_a("garage") == 7);
    const auto heard = bench.site.now;
    bench.site.batteries[0].power_w = 0;
    for (int i = 0; i < 60; ++i) {
        bench.site.now += 1s;
        bench.measure();
        bench.site.batteries[0].read_at = heard;
        bench.decide();
        bench.obey();
    }
    CHECK(bench.target_a("garage") == 10);
    CHECK(bench.last.ems_state == EmsState::degraded);
    bench.house_a = {-15, -15, -15};
    for (int i = 0; i < 60; ++i) {
        bench.site.now += 1s;
        bench.measure();
        bench.site.batteries[0].read_at = heard;
        bench.decide();
        bench.obey();
    }
    CHECK(bench.target_a("garage") == 10);
    CHECK(bench.why("garage") == ReasonCode::battery_silent);
}

TEST_CASE("watts come from measured voltages, nominal where there are none") {
    auto bench = sunny(8);
    bench.site.voltage_v.phase = {200, 210, 190};
    bench.site.grid_power_w = -4600;
    bench.add("garage", ChargeMode::solar);
    bench.run(65, false);
    CHECK(bench.target_a("garage") == 7.6);  // 4600 / 600
    bench.site.voltage_v = {};
    bench.run(1, false);
    CHECK(bench.target_a("garage") == 6.6);  // 4600 / 690
}

TEST_CASE("a little more sun is not worth a change") {
    auto bench = sunny(8);
    bench.add("garage", ChargeMode::solar);
    bench.run(70);
    bench.house_a = {-8.4, -8.4, -8.4};
    bench.run(30);
    CHECK(bench.target_a("garage") == 8);
    CHECK(bench.why("garage") == ReasonCode::settled);
}
