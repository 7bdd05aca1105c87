#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

TEST_CASE("a circuit's power is a limit of its own") {
    BenchSite bench(63);
    bench.site.circuits.push_back({.id = "garage", .limit_a = 63, .max_w = 6900});
    bench.add("car").circuit = 1;
    bench.run(60);
    CHECK(bench.target_a("car") == 10);
    CHECK(bench.why("car") == ReasonCode::circuit_power);
}

TEST_CASE("a limit in watts holds at the voltage that is measured") {
    BenchSite bench(63);
    bench.site.max_evse_w = 6900;
    bench.add("car");
    bench.site.voltage_v.phase = {236, 240, 233};
    bench.run(60);
    CHECK(bench.target_a("car") == 9.5);  // 6900 / (3 * 240) = 9.58
}

TEST_CASE("an outside limit of all EVSEs comes and goes") {
    BenchSite bench(63);
    bench.add("one", ChargeMode::now, 1);
    bench.add("two", ChargeMode::now, 2);
    bench.run(60);
    CHECK(bench.target_a("two") == 16);
    bench.site.max_evse_w = 8970;  // 13 A on each phase
    bench.run(1);
    CHECK(bench.target_a("one") == 7);
    CHECK(bench.target_a("two") == 6);
    CHECK(bench.why("two") == ReasonCode::evse_limit);
    bench.site.max_evse_w = 4200;
    bench.run(1);
    CHECK(bench.target_a("one") == 6);
    CHECK(bench.target_a("two") == 0);
    bench.site.max_evse_w.reset();
    bench.run(60);
    CHECK(bench.target_a("two") == 16);
}

TEST_CASE("one phase may not carry much more than another") {
    BenchSite bench(63);
    bench.site.max_imbalance_a = 20;
    auto& small = bench.add("small");
    small.wiring = {.site_phase = {0, 1, 2}, .count = 1};
    small.max_a = 32;
    bench.add("big", ChargeMode::now, 2);
    bench.house({6, 2, 4}).run(60);
    CHECK(bench.target_a("big") == 16);    // uses all alike
    CHECK(bench.target_a("small") == 16);  // 6 + 16 = 2 + 20
    CHECK(bench.why("small") == ReasonCode::imbalance);
    bench.house({6, 0, 4}).run(1);
    CHECK(bench.target_a("small") <= 16);
    bench.house({20, 2, 4}).run(2);
    CHECK(bench.target_a("small") == 0);
    CHECK(bench.target_a("big") == 16);
}

TEST_CASE("the average of a quarter of an hour keeps to its limit") {
    BenchSite bench(63);
    bench.site.max_average_w = 6900;
    bench.add("car").max_a = 32;
    Instant end = bench.site.now + 15min;
    for (int quarter = 0; quarter < 4; ++quarter, end += 15min) {
        double imported_wh = 0;
        while (bench.site.now < end) {
            // A kettle, a cooker: 3.45 kW for a third of each quarter.
            const double house_a = end - bench.site.now > 10min ? 7 : 2;
            bench.site.quarter_left = end - bench.site.now;
            bench.house({house_a, house_a, house_a}).run(1);
            imported_wh += (house_a + bench.drawn_a(0, 0)) * 690 / 3600;
        }
        CAPTURE(quarter);
        CHECK(imported_wh <= 6900 / 4.0 + 5);
        CHECK(imported_wh >= 6900 / 4.0 * 0.97);  // and uses what it may
    }
    CHECK(bench.why("car") == ReasonCode::average_limit);
}

TEST_CASE("a clock that is set back does not open the quarter anew") {
    BenchSite bench(63);
    bench.site.max_average_w = 6900;
    bench.add("car").max_a = 32;
    bench.site.quarter_left = 15min;
    bench.house({2, 2, 2});
    double most_a = 0;
    for (int second = 0; second < 880; ++second) {
        bench.site.quarter_left = second < 800 ? 15min - second * 1s : 14min;
        bench.run(1);
        most_a = std::max(most_a, bench.target_a("car"));
    }
    CHECK(most_a < 12);
}

TEST_CASE("what was imported before the start of a quarter counts as what may be") {
    BenchSite bench(63);
    bench.site.max_average_w = 6900;
    bench.add("car").max_a = 32;
    bench.site.quarter_left = 2min;
    bench.house({2, 2, 2}).run(20);
    CHECK(bench.target_a("car") <= 8.5);
}

TEST_CASE("circuits share in their own way") {
    BenchSite bench(30);
    bench.site.circuits.push_back({.id = "garage", .limit_a = 63, .distribution = Distribution::shared});
    bench.add("one", ChargeMode::now, 1).circuit = 1;
    bench.add("two", ChargeMode::now, 2).circuit = 1;
    bench.add("yard", ChargeMode::now, 3);
    bench.house({2, 2, 2}).run(60);
    // By priority 16, 6, 6: the garage has 22 of them.
    CHECK(bench.target_a("one") == 11);
    CHECK(bench.target_a("two") == 11);
    CHECK(bench.target_a("yard") == 6);
    bench.site.circuits[1].distribution = Distribution::strict;
    bench.run(60);
    CHECK(bench.target_a("one") == 16);
    CHECK(bench.target_a("two") == 6);
    bench.house({9, 9, 9}).run(60);  // 21 A: by priority 9, 6, 6
    CHECK(bench.target_a("one") == 15);
    CHECK(bench.target_a("two") == 0);
    CHECK(bench.target_a("yard") == 6);
}

TEST_CASE("a fuse with a curve bears a short overload, no long one and no large one") {
    const auto after = [](double house_a, int seconds) {
        BenchSite bench(25);
        bench.site.circuits[0].curve = FuseCurve::B;
        bench.add("car");
        bench.house({9, 9, 9}).run(30);
        REQUIRE(bench.target_a("car") == 16);
        bench.house({house_a, house_a, house_a}).run(seconds);
        return bench.target_a("car");
    };
    CHECK(after(12, 50) == 16);  // 28 of 25 A: 1.12
    CHECK(after(12, 70) == 13);
    CHECK(after(13, 5) == 12);  // 29 A: 1.16
    BenchSite bench(25);
    bench.add("car");
    bench.house({9, 9, 9}).run(30);
    bench.house({12, 12, 12}).run(1);
    CHECK(bench.target_a("car") == 13);  // without a curve at once
}

TEST_CASE("what a fuse bears for a minute it does not bear again soon") {
    BenchSite bench(25);
    bench.site.circuits[0].curve = FuseCurve::gG;
    bench.add("car");
    int overloaded_s = 0;
    for (int i = 0; i < 3600; ++i) {
        const double house_a = i % 120 < 40 ? 13 : 9;
        bench.house({house_a, house_a, house_a}).run(1);
        overloaded_s += bench.drawn_a(0, 0) + house_a > 25.05 ? 1 : 0;
    }
    CHECK(overloaded_s > 60);
    CHECK(overloaded_s < 60 + 3600 / 10 + 60);
}

TEST_CASE("nothing is raised on a fuse that bears more than its limit") {
    BenchSite bench(25);
    bench.site.circuits[0].curve = FuseCurve::gG;
    bench.add("car");
    bench.add("next", ChargeMode::now, 2).state = Iec61851::A;
    bench.house({9, 9, 9}).run(30);
    bench.house({12, 12, 12}).run(5);
    bench.evse("next").state = Iec61851::B;
    bench.run(5);
    CHECK(bench.target_a("next") == 0);
}

TEST_CASE("plan and price charge with what they are allowed, and without a plan not at all") {
    BenchSite bench(63);
    bench.add("car", ChargeMode::plan);
    bench.run(10);
    CHECK(bench.target_a("car") == 0);
    CHECK(bench.why("car") == ReasonCode::plan_missing);
    bench.evse("car").plan_a = 9.55;
    bench.run(10);
    CHECK(bench.target_a("car") == 9.5);
    CHECK(bench.why("car") == ReasonCode::plan);
    bench.evse("car").mode = ChargeMode::price;
    bench.evse("car").plan_a = 32;
    bench.run(10);
    CHECK(bench.target_a("car") == 16);
    bench.evse("car").plan_a = 3;
    bench.run(1);
    CHECK(bench.target_a("car") == 0);
}

TEST_CASE("an EVSE is started no more than so often in an hour") {
    BenchSite bench(25);
    bench.site.timing.max_starts_per_hour = 3;
    bench.add("car");
    int starts = 0;
    for (int i = 0; i < 3600; ++i) {
        const bool full = i % 100 < 50;
        const double before_a = bench.last.evses.empty() ? 0 : bench.target_a("car");
        bench.house(full ? PerPhase{22, 22, 22} : PerPhase{2, 2, 2}).run(1);
        starts += before_a == 0 && bench.target_a("car") > 0 ? 1 : 0;
    }
    CHECK(starts == 3);
    CHECK(bench.why("car") == ReasonCode::starts_spent);
    // What somebody asks for is no start of ours.
    bench.evse("car").state = Iec61851::A;
    bench.house({2, 2, 2}).run(30);
    bench.evse("car").state = Iec61851::B;
    bench.run(30);
    CHECK(bench.target_a("car") == 16);
}
