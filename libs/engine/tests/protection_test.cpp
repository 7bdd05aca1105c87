#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

TEST_CASE("a car gets what the main fuse leaves beside the house") {
    BenchSite bench(25);
    bench.house({10, 12, 3}).add("garage");
    bench.run(10);
    CHECK(bench.target_a("garage") == 13);
    CHECK(bench.why("garage") == ReasonCode::main_fuse);
    CHECK(bench.of("garage").reason.phase == 1);
    CHECK(bench.of("garage").reason.limit_a == 25.0);
    CHECK(bench.of("garage").reason.over_by_a == Approx(3));
    CHECK(bench.last.ems_state == EmsState::ok);
}

TEST_CASE("a rise of the house lowers all EVSEs concerned in the very next decision, least important first") {
    BenchSite bench(32);
    bench.add("first", ChargeMode::now, 1);
    bench.add("second", ChargeMode::now, 2);
    bench.run(10);
    REQUIRE(bench.target_a("first") == 16);
    REQUIRE(bench.target_a("second") == 14);

    bench.house_a[1] = 12;
    bench.run(1);
    CHECK(bench.target_a("first") == 14);
    CHECK(bench.target_a("second") == 6);

    SECTION("and the next rise too") {
        bench.run(5);
        bench.house_a[1] = 22;
        bench.run(1);
    }
    SECTION("one that comes with the cars' own fall could be the meter's lateness, but not for long") {
        bench.house_a[1] = 22;
        bench.run(1);
        CHECK(bench.target_a("second") == 6);
        bench.run(3);
    }
    CHECK(bench.target_a("first") == 10);
    CHECK(bench.target_a("second") == 0);
    CHECK(bench.why("second") == ReasonCode::main_fuse);
}

TEST_CASE("less house load is given away only after it has held") {
    BenchSite bench(25);
    bench.house({15, 15, 15}).add("garage");
    bench.run(10);
    REQUIRE(bench.target_a("garage") == 10);
    bench.house_a = {10, 10, 10};
    bench.run(5);
    CHECK(bench.target_a("garage") == 10);
    bench.run(2);
    CHECK(bench.target_a("garage") == 15);
}

TEST_CASE("one odd low reading never raises, also when nothing follows it") {
    BenchSite bench(25);
    bench.house({15, 15, 15}).add("garage");
    bench.site.circuits[0].stale_after = 60s;
    bench.run(10);
    REQUIRE(bench.target_a("garage") == 10);
    bench.house_a = {-30, -30, -30};
    bench.run(1);
    for (int i = 0; i < 20; ++i) {  // EVSEs answer on, the grid meter doesn't
        bench.site.now += 1s;
        bench.evse("garage").read_at = bench.site.now;
        bench.decide();
        REQUIRE(bench.target_a("garage") == 10);
    }
}

TEST_CASE("an EVSE gets 0 or at least its minimum, and starts again only after a pause") {
    BenchSite bench(16);
    bench.house({5, 5, 5}).add("garage");
    bench.run(10);
    REQUIRE(bench.target_a("garage") == 11);
    bench.house_a = {5, 5, 10.5};
    bench.run(1);
    CHECK(bench.target_a("garage") == 0);
    bench.house_a = {5, 5, 5};
    bench.run(15);
    CHECK(bench.target_a("garage") == 0);
    CHECK(bench.of("garage").reason.remaining);
    bench.run(10);
    CHECK(bench.target_a("garage") == 11);
}

TEST_CASE("a one-phase car is not touched for a phase it does not use") {
    BenchSite bench(25);
    bench.house({5, 5, 5}).add("garage");
    bench.run(5);
    REQUIRE(bench.target_a("garage") == 16);
    bench.draw("garage", {16, 0, 0});
    bench.run(15, false);
    bench.house_a = {5, 24, 24};
    bench.run(5, false);
    CHECK(bench.target_a("garage") == 16);

    SECTION("until it uses it after all") {
        bench.draw("garage", {16, 16, 16});
        bench.run(1, false);
        CHECK(bench.target_a("garage") == 0);
    }
    SECTION("and is lowered for its own") {
        bench.house_a = {15, 5, 5};
        bench.run(1, false);
        CHECK(bench.target_a("garage") == 10);
    }
}

TEST_CASE("the EVSE's own phases are mapped to the site's, and doubled where two wires share one") {
    BenchSite bench(25);
    bench.house({1, 10, 20});
    auto& rotated = bench.add("rotated");
    rotated.wiring = {.site_phase = {2, 0, 1}, .count = 1};
    bench.run(10);
    CHECK(bench.target_a("rotated") == 0);  // L3 has 5 A left

    BenchSite doubled(25);
    doubled.add("doubled").wiring = {.site_phase = {0, 0, 0}, .count = 3};
    doubled.run(10);
    CHECK(doubled.target_a("doubled") == 7.6);  // 23 A / 3, rounded down
}

TEST_CASE("every fuse on the path counts") {
    BenchSite bench(50);
    bench.site.circuits.push_back({.id = "garages", .parent = 0, .limit_a = 20});
    bench.site.circuits.push_back({.id = "left", .parent = 1, .limit_a = 12});
    bench.add("left").circuit = 2;
    bench.add("right", ChargeMode::now, 2).circuit = 1;
    bench.run(10);
    CHECK(bench.target_a("left") == 12);
    CHECK(bench.why("left") == ReasonCode::circuit_fuse);
    CHECK(bench.of("left").reason.circuit == 2);
    CHECK(bench.target_a("right") == 8);
    CHECK(bench.of("right").reason.circuit == 1);
}

TEST_CASE("an EVSE that does not answer is counted at what it was told") {
    BenchSite bench(25);
    bench.house({3, 3, 3}).add("silent");
    bench.add("other", ChargeMode::now, 2);
    bench.run(10);
    REQUIRE(bench.target_a("silent") == 16);
    REQUIRE(bench.target_a("other") == 6);
    const auto heard = bench.site.now;
    for (int i = 0; i < 60; ++i) {
        bench.site.now += 1s;
        bench.draw("silent", i < 30 ? PerPhase{16, 16, 16} : PerPhase{0, 0, 0});  // unseen: it stops
        bench.measure();
        bench.evse("silent").read_at = heard;
        bench.evse("silent").current_a = {};
        bench.decide();
        REQUIRE(bench.target_a("silent") == 16);
        REQUIRE(bench.target_a("other") == 6);
    }
    CHECK(bench.last.ems_state == EmsState::degraded);
    CHECK(bench.last.reason.code == ReasonCode::evse_silent);
}

TEST_CASE("a car that draws more than told is counted at what it draws") {
    BenchSite bench(25);
    bench.add("stubborn", ChargeMode::now, 1);
    bench.add("other", ChargeMode::now, 2).max_a = 7;
    bench.run(10);
    REQUIRE(bench.target_a("other") == 7);
    bench.house_a = {10, 10, 10};
    bench.run(1);
    REQUIRE(bench.target_a("stubborn") == 9);
    REQUIRE(bench.target_a("other") == 6);
    bench.draw("stubborn", {16, 16, 16});
    bench.draw("other", {6, 6, 6});
    bench.run(15, false);
    CHECK(bench.target_a("other") == 0);
    bench.run(60, false);
    CHECK(bench.target_a("other") == 0);
}

TEST_CASE("a raise waits until another EVSE has really gone down") {
    BenchSite bench(25);
    bench.add("first", ChargeMode::now, 1).state = Iec61851::A;
    bench.add("second", ChargeMode::now, 2);
    bench.run(10);
    REQUIRE(bench.target_a("second") == 16);
    bench.evse("first").state = Iec61851::B;
    bench.run(1, false);  // `second` still draws 16
    CHECK(bench.target_a("second") == 7);
    CHECK(bench.target_a("first") == 7);
    bench.draw("second", {7, 7, 7});
    bench.run(2, false);
    CHECK(bench.target_a("first") == 16);
}

TEST_CASE("an offer that was taken back before the car followed is not given to another at once") {
    BenchSite bench(25);
    bench.add("late", ChargeMode::now, 2);
    bench.run(3, false);
    REQUIRE(bench.target_a("late") == 16);  // and its car has not begun
    bench.add("other", ChargeMode::now, 1);
    bench.run(3, false);
    CHECK(bench.target_a("late") == 7);
    CHECK(bench.target_a("other") <= 7);
    bench.run(21, false);
    CHECK(bench.target_a("other") == 16);
}

TEST_CASE("without vehicle, in error, paused or off an EVSE gets nothing, with the reason") {
    BenchSite bench(25);
    bench.add("garage");
    bench.run(5);
    REQUIRE(bench.target_a("garage") == 16);
    auto expect = [&](ReasonCode code) {
        bench.run(1);
        CHECK(bench.target_a("garage") == 0);
        CHECK(bench.of("garage").fallback_a == 0);
        CHECK(bench.why("garage") == code);
    };
    bench.evse("garage").state = Iec61851::A;
    expect(ReasonCode::no_vehicle);
    bench.evse("garage").state = Iec61851::F;
    expect(ReasonCode::evse_error);
    bench.evse("garage").state = Iec61851::C;
    bench.evse("garage").paused = true;
    expect(ReasonCode::paused);
    bench.evse("garage").mode = ChargeMode::off;
    expect(ReasonCode::off);
    bench.evse("garage").mode = ChargeMode::night;
    bench.evse("garage").paused = false;
    expect(ReasonCode::night_closed);
    bench.evse("garage").night_open = true;
    bench.evse("garage").max_a = 5;
    expect(ReasonCode::max_zero);
    bench.evse("garage").max_a = 12;
    bench.run(1);
    CHECK(bench.target_a("garage") == 12);
}

TEST_CASE("an EVSE that does not listen while a fuse is overloaded is cut off, and only then") {
    for (const bool overloaded : {true, false}) {
        BenchSite bench(25);
        bench.add("deaf");
        bench.add("other", ChargeMode::now, 2);
        bench.run(30);
        REQUIRE(bench.target_a("deaf") == 16);
        bench.draw("other", {});
        bench.evse("other").state = Iec61851::A;
        bench.evse("deaf").max_a = 8;
        bench.house(overloaded ? PerPhase{14, 14, 14} : PerPhase{2, 2, 2});
        bench.run(31, false);
        CHECK_FALSE(bench.of("deaf").cut_off);
        CHECK(bench.target_a("deaf") <= 8);
        bench.run(10, false);
        CHECK(bench.of("deaf").cut_off == overloaded);
        CHECK((bench.why("deaf") == ReasonCode::disobeys) == overloaded);
        bench.draw("deaf", {});
        bench.run(1, false);
        CHECK_FALSE(bench.of("deaf").cut_off);
    }
}

TEST_CASE("a step of 33 kW over ten EVSEs is within the limit after one decision") {
    for (const auto distribution :
         {Distribution::priority, Distribution::shared, Distribution::strict, Distribution::optimized}) {
        BenchSite bench(170);
        bench.site.distribution = distribution;
        for (int i = 0; i < 10; ++i) {
            bench.add("evse" + std::to_string(i), ChargeMode::now, i);
        }
        bench.run(60);
        REQUIRE(bench.drawn_a(0, 0) == 160);
        bench.house({50, 50, 50});
        bench.site.now += 100ms;
        bench.measure();
        bench.decide();
        bench.obey();
        CHECK(bench.drawn_a(0, 0) <= 120);
        CHECK(bench.drawn_a(0, 0) > 113);
    }
}
