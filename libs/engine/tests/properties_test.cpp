#include "bench_site.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

constexpr double kHair = 1e-6;

int between(int low, int high) {
    return *rc::gen::inRange(low, high + 1);
}
/// In tenths.
double tenths(int low, int high) {
    return between(low * 10, high * 10) / 10.0;
}

Wiring any_wiring() {
    Wiring wiring{.site_phase = {0, 1, 2}, .count = *rc::gen::element(1, 2, 3, 3)};
    const int turn = between(0, 2);
    for (auto& phase : wiring.site_phase) {
        phase = (phase + turn) % 3;
    }
    return wiring;
}

Evse any_evse(int number, int circuits) {
    Evse evse;
    evse.id = "evse" + std::to_string(number);
    evse.circuit = between(0, circuits - 1);
    evse.wiring = any_wiring();
    evse.max_a = tenths(6, 32);
    evse.fallback_a = *rc::gen::element(0.0, 6.0);
    evse.priority = between(1, 3);
    evse.mode = *rc::gen::element(ChargeMode::now, ChargeMode::now, ChargeMode::solar, ChargeMode::night,
                                  ChargeMode::off);
    evse.night_open = between(0, 1) == 1;
    evse.state = *rc::gen::element(Iec61851::A, Iec61851::B, Iec61851::C, Iec61851::C, Iec61851::C);
    return evse;
}

BenchSite any_bench() {
    BenchSite bench(tenths(10, 63));
    const int circuits = between(1, 4);
    for (int c = 1; c < circuits; ++c) {
        bench.site.circuits.push_back(
            {.id = "c" + std::to_string(c), .parent = between(0, c - 1), .limit_a = tenths(6, 40)});
    }
    const int evses = between(1, 8);
    for (int i = 0; i < evses; ++i) {
        bench.site.evses.push_back(any_evse(i, circuits));
    }
    bench.house_a = {tenths(-20, 20), tenths(-20, 20), tenths(-20, 20)};
    return bench;
}

/// What all targets together put on a phase of a fuse, if every car takes what it is told on all its wires.
double told_a(const BenchSite& bench, int circuit, std::size_t phase) {
    BenchSite obedient = bench;
    obedient.obey();
    return obedient.drawn_a(phase, circuit);
}

void check_fuses(const BenchSite& bench) {
    for (std::size_t c = 0; c < bench.site.circuits.size(); ++c) {
        for (std::size_t p = 0; p < kPhases; ++p) {
            const double told = told_a(bench, static_cast<int>(c), p);
            const double beside = c == 0 ? bench.house_a.at(p) : 0;
            RC_ASSERT(told == 0 || told + beside <= bench.site.circuits[c].limit_a + kHair);
        }
    }
}

void check_ranges(const BenchSite& bench) {
    for (const auto& evse : bench.site.evses) {
        const auto& decision = bench.of(evse.id);
        const bool in_range =
            decision.target_a >= evse.min_a - kHair && decision.target_a <= evse.max_a + kHair;
        RC_ASSERT(decision.target_a == 0 || in_range);
        RC_ASSERT(decision.fallback_a <= decision.target_a);
        RC_ASSERT(decision.target_a == 0 || (evse.mode != ChargeMode::off && evse.state != Iec61851::A));
    }
}

}  // namespace

TEST_CASE("properties of any site") {
    CHECK(rc::check(
        "told currents fit below every fuse beside the house, are 0 or min…max, in every decision", [] {
            auto bench = any_bench();
            for (int i = 0; i < 4; ++i) {
                bench.run(between(1, 20));
                check_fuses(bench);
                check_ranges(bench);
                bench.house_a.at(static_cast<std::size_t>(between(0, 2))) = tenths(-20, 25);
                bench.run(5);
                check_ranges(bench);
            }
        }));

    CHECK(rc::check("I17: a rise of the house is answered in the very next decision", [] {
        auto bench = any_bench();
        bench.run(80);
        bench.run(5);  // nobody is about to follow any more
        const auto before = bench.last;
        const auto phase = static_cast<std::size_t>(between(0, 2));
        bench.house_a.at(phase) += tenths(0, 30);
        bench.site.now += 100ms;
        bench.measure();
        bench.decide();
        check_fuses(bench);
        for (std::size_t i = 0; i < before.evses.size(); ++i) {
            const auto& evse = bench.site.evses[i];
            if (evse.mode != ChargeMode::solar && bench.last.evses[i].target_a > before.evses[i].target_a) {
                RC_ASSERT(bench.last.evses[i].target_a <= evse.max_a);
            }
        }
    }));

    CHECK(rc::check("applied, a decision is made again", [] {
        auto bench = any_bench();
        bench.run(400);
        const auto settled = bench.last;
        bench.run(60);
        for (std::size_t i = 0; i < settled.evses.size(); ++i) {
            RC_ASSERT(bench.last.evses[i].target_a == settled.evses[i].target_a);
        }
    }));

    CHECK(rc::check("without fresh grid readings nothing is ever raised", [] {
        auto bench = any_bench();
        bench.run(between(1, 100));
        auto before = bench.last;
        const auto heard = bench.site.circuits[0].read_at;
        for (int i = 0; i < 30; ++i) {
            bench.site.now += 1s;
            bench.measure();
            bench.site.circuits[0].read_at = heard;
            for (auto& evse : bench.site.evses) {
                evse.state = *rc::gen::element(Iec61851::A, Iec61851::C);
            }
            bench.decide();
            for (std::size_t e = 0; i > 5 && e < before.evses.size(); ++e) {
                RC_ASSERT(bench.last.evses[e].target_a <= before.evses[e].target_a);
                RC_ASSERT(bench.last.evses[e].target_a <= bench.site.evses[e].fallback_a);
            }
            before = bench.last;
            bench.obey();
        }
    }));

    CHECK(rc::check("the order of the list does not matter", [] {
        auto bench = any_bench();
        auto other = bench;
        std::reverse(other.site.evses.begin(), other.site.evses.end());
        for (int i = 0; i < 80; ++i) {
            bench.run(1);
            other.run(1);
            for (const auto& evse : bench.site.evses) {
                RC_ASSERT(bench.target_a(evse.id) == other.target_a(evse.id));
            }
        }
    }));

    CHECK(rc::check("what happens on phases a car does not use does not touch it", [] {
        BenchSite bench(32);
        bench.add("one").max_a = 32;
        bench.run(5);
        bench.draw("one", {bench.target_a("one"), 0, 0});
        bench.run(15, false);
        const double before = bench.target_a("one");
        bench.house_a[1] = tenths(0, 60);
        bench.house_a[2] = tenths(0, 60);
        bench.run(between(1, 10), false);
        RC_ASSERT(bench.target_a("one") >= before);
    }));

    CHECK(rc::check("only solar EVSEs never import, once the stop delay is over", [] {
        auto bench = any_bench();
        for (auto& evse : bench.site.evses) {
            evse.mode = ChargeMode::solar;
        }
        bench.run(400);
        RC_PRE(bench.last.evse_w.value() > 0);
        RC_ASSERT(bench.last.surplus_w.value() - bench.last.evse_w.value() >= -1.0);
    }));
}
