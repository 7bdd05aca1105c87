#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

/// What eco, excess, the import limit and the distributions add; solar and fuses have their own files.
TEST_CASE("eco charges with its minimum at night and with the sun by day") {
    BenchSite bench(25);
    bench.add("car", ChargeMode::eco);
    bench.house({2, 2, 2}).run(60);
    CHECK(bench.last.evses[0].target_a == 6);
    CHECK(bench.last.evses[0].reason.code == ReasonCode::surplus);
    bench.house({-9, -9, -9}).run(60);
    CHECK(bench.last.evses[0].target_a == Approx(9).margin(0.51));
    bench.house({2, 2, 2}).run(5);
    CHECK(bench.last.evses[0].target_a == 6);
}

TEST_CASE("eco keeps its minimum where the battery is silent, and no more") {
    BenchSite bench(25);
    bench.add("car", ChargeMode::eco);
    bench.site.batteries.push_back({});
    bench.house({-12, -12, -12}).run(60);
    CHECK(bench.last.evses[0].target_a == 6);
    CHECK(bench.last.evses[0].reason.code == ReasonCode::battery_silent);
}

TEST_CASE("excess leaves the threshold to others") {
    BenchSite bench(25);
    bench.add("car", ChargeMode::excess);
    bench.site.excess_threshold_w = 2070;  // 3 A on each phase
    bench.house({-8, -8, -8}).run(120);
    CHECK(bench.last.evses[0].target_a == 6);  // 5 A are beyond, but the export covers its minimum
    bench.house({-14, -14, -14}).run(60);
    CHECK(bench.last.evses[0].target_a == Approx(11).margin(0.51));
    CHECK(bench.last.evses[0].reason.code == ReasonCode::excess);
    bench.house({-2, -2, -2}).run(200);
    CHECK(bench.last.evses[0].target_a == 0);
    CHECK(bench.last.evses[0].reason.code == ReasonCode::excess_low);
}

TEST_CASE("shared: two that want more than there is get the same") {
    BenchSite bench(25);
    bench.add("one", ChargeMode::now, 1);
    bench.add("two", ChargeMode::now, 2);
    bench.site.distribution = Distribution::shared;
    bench.house({5, 5, 5}).run(60);
    CHECK(bench.last.evses[0].target_a == 10);
    CHECK(bench.last.evses[1].target_a == 10);
    bench.site.distribution = Distribution::strict;
    bench.house({5, 5, 5}).run(60);
    CHECK(bench.last.evses[0].target_a == 16);
    CHECK(bench.last.evses[1].target_a == 0);
    bench.site.distribution = Distribution::optimized;
    bench.house({5, 5, 5}).run(60);
    CHECK(bench.last.evses[0].target_a == 14);
    CHECK(bench.last.evses[1].target_a == 6);
}

TEST_CASE("an import limit binds as a fuse does, in the very next decision") {
    BenchSite bench(63);
    bench.add("car", ChargeMode::now);
    bench.site.max_import_w = 9 * 3 * 230;
    bench.house({1, 1, 1}).run(60);
    CHECK(bench.last.evses[0].target_a == 8);
    CHECK(bench.last.evses[0].reason.code == ReasonCode::import_limit);
    bench.house({2.5, 2.5, 2.5}).run(5);
    CHECK(bench.last.evses[0].target_a == 6.5);
    bench.house({5, 5, 5}).run(5);
    CHECK(bench.last.evses[0].target_a == 0);
}

TEST_CASE("what one that waits for the sun leaves is not for those behind it") {
    BenchSite bench(25);
    bench.add("first", ChargeMode::solar, 1);
    bench.add("second", ChargeMode::solar, 2);
    bench.house({-7, -7, -7}).run(30);
    CHECK(bench.why("first") == ReasonCode::surplus_waiting);
    CHECK(bench.target_a("second") == 0);
    bench.run(60);
    CHECK(bench.target_a("first") == 7);
    CHECK(bench.target_a("second") == 0);
    CHECK(bench.why("second") == ReasonCode::surplus_low);
}
