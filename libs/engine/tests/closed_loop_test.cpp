#include "bench_site.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cmath>
#include <deque>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

/// A car that sees a change of its offer late and then ramps.
struct LateCar {
    double delay_s = 2;
    double ramp_a_per_s = 3;
    PerPhase uses{1, 1, 1};
    double max_a = 32;
    bool whole_amperes = false;                      ///< draws only those
    double ignores_a = 0;                            ///< offers that differ by less
    double pauses_every_s = 0;                       ///< by itself, for a minute; 0: never
    std::deque<std::pair<double, double>> offers{};  ///< from when, what
    double offered_a = 0;
    double heeded_a = 0;
    double current_a = 0;

    void step(double now_s, double dt_s, double told_a) {
        if (offers.empty() || offers.back().second != told_a) {
            offers.emplace_back(now_s + delay_s, told_a);
        }
        while (!offers.empty() && offers.front().first <= now_s) {
            offered_a = offers.front().second;
            if (offers.size() == 1) {
                break;
            }
            offers.pop_front();
        }
        if (std::abs(offered_a - heeded_a) >= ignores_a || offered_a < heeded_a || offered_a < 6) {
            heeded_a = offered_a;
        }
        const double usable_a = std::min(whole_amperes ? std::floor(heeded_a) : heeded_a, max_a);
        const bool pauses = pauses_every_s > 0 && std::fmod(now_s, pauses_every_s) > pauses_every_s - 60;
        const double wanted_a = heeded_a < 6 || pauses ? 0 : usable_a;
        current_a += std::clamp(wanted_a - current_a, -ramp_a_per_s * dt_s, ramp_a_per_s * dt_s);
        if (told_a == 0 && offered_a == 0) {
            current_a = 0;  // the contactor opens
        }
    }
};

/// Physics in steps of 100 ms; the grid meter and the EVSEs' meters are late, each in its own way.
struct Loop {
    BenchSite bench;
    std::vector<LateCar> cars;
    double meter_delay_s;
    double meter_period_s;
    double evse_delay_s;
    std::deque<PerPhase> grid_past;
    std::vector<std::deque<PerPhase>> draw_past;
    int step_number = 0;
    int changes = 0;
    double overloaded_s = 0;
    double over_by_a = 0;

    static PerPhase delayed(std::deque<PerPhase>& past, const PerPhase& value, double delay_s) {
        past.push_back(value);
        while (past.size() > static_cast<std::size_t>(delay_s * 10) + 1) {
            past.pop_front();
        }
        return past.front();
    }
    static PerPhase times(const PerPhase& uses, double current_a) {
        return {uses[0] * current_a, uses[1] * current_a, uses[2] * current_a};
    }

    void step() {
        const double now_s = step_number * 0.1;
        bench.site.now += 100ms;
        PerPhase grid_a = bench.house_a;
        draw_past.resize(cars.size());
        for (std::size_t i = 0; i < cars.size(); ++i) {
            cars[i].step(now_s, 0.1, bench.last.evses.empty() ? 0 : bench.last.evses[i].target_a);
            const bool on_one = !bench.last.evses.empty() && bench.last.evses[i].phases == 1;
            const auto draw_a = times(on_one ? PerPhase{1, 0, 0} : cars[i].uses, cars[i].current_a);
            for (std::size_t p = 0; p < kPhases; ++p) {
                grid_a.at(p) += draw_a.at(p);
            }
            const auto seen_a = delayed(draw_past[i], draw_a, evse_delay_s);
            if ((step_number + static_cast<int>(3 * i)) % 10 == 0) {  // EVSEs are polled once a second
                bench.draw(bench.site.evses[i].id, seen_a);
                bench.site.evses[i].read_at = bench.site.now;
            }
        }
        const auto read_a = delayed(grid_past, grid_a, meter_delay_s);
        over_by_a = *std::max_element(grid_a.begin(), grid_a.end()) - bench.site.circuits[0].limit_a;
        const bool over = over_by_a > 0.05;
        overloaded_s = over ? overloaded_s + 0.1 : 0;
        if (step_number % static_cast<int>(meter_period_s * 10) == 0) {
            for (int p = 0; p < 3; ++p) {
                bench.site.circuits[0].current_a[p] = read_a.at(static_cast<std::size_t>(p));
            }
            bench.site.circuits[0].read_at = bench.site.now;
            decide();
        }
        ++step_number;
    }

    void decide() {
        const auto before = bench.last;
        bench.decide();
        for (std::size_t i = 0; i < before.evses.size(); ++i) {
            changes += before.evses[i].target_a != bench.last.evses[i].target_a ? 1 : 0;
        }
    }

    /// Longest and largest overload, and number of changed targets in that time.
    struct Seen {
        double overloaded_s = 0;
        double over_by_a = 0;
        int changes = 0;
    };
    Seen run(double seconds) {
        changes = 0;
        Seen seen;
        for (int i = 0; i < static_cast<int>(seconds * 10); ++i) {
            step();
            seen.overloaded_s = std::max(seen.overloaded_s, overloaded_s);
            seen.over_by_a = std::max(seen.over_by_a, over_by_a);
        }
        seen.changes = changes;
        return seen;
    }
};

int between(int low, int high) {
    return *rc::gen::inRange(low, high + 1);
}

Loop any_loop(ChargeMode mode) {
    Loop loop{.bench = BenchSite(between(20, 50)),
              .cars = {},
              .meter_delay_s = between(0, 20) / 10.0,
              .meter_period_s = *rc::gen::element(0.1, 0.5, 1.0),
              .evse_delay_s = between(0, 15) / 10.0,
              .grid_past = {},
              .draw_past = {}};
    using enum Distribution;
    loop.bench.site.distribution = *rc::gen::element(priority, shared, strict, optimized);
    const int evses = between(1, 4);
    for (int i = 0; i < evses; ++i) {
        auto& evse = loop.bench.add("evse" + std::to_string(i), mode, between(1, 2));
        evse.max_a = *rc::gen::element(16.0, 32.0);
        LateCar car{.delay_s = between(0, 100) / 10.0, .ramp_a_per_s = *rc::gen::element(0.5, 2.0, 10.0)};
        car.max_a = *rc::gen::element(32.0, 13.0);
        car.uses = *rc::gen::element(PerPhase{1, 1, 1}, PerPhase{1, 0, 0}, PerPhase{1, 1, 0});
        car.whole_amperes = *rc::gen::arbitrary<bool>();
        loop.cars.push_back(car);
    }
    return loop;
}

/// The slowest that there are.
Loop any_slow_loop(ChargeMode mode) {
    Loop loop = any_loop(mode);
    loop.meter_period_s = *rc::gen::element(0.1, 1.0, 4.0);
    loop.meter_delay_s = between(0, 50) / 10.0 * (5 - loop.meter_period_s) / 5;  // 5 s old at most
    loop.evse_delay_s = between(0, 20) / 10.0;
    for (auto& car : loop.cars) {
        car.delay_s = between(0, 200) / 10.0;
        car.ignores_a = *rc::gen::element(0.0, 0.0, 1.0, 2.0);
    }
    return loop;
}

/// Meter, skew, the car's delay, its ramp from 32 A to 6, and the EVSEs that go down because one did not in
/// time.
double allowed_s(const Loop& loop) {
    double slowest_s = 0;
    for (const auto& car : loop.cars) {
        slowest_s = std::max(slowest_s, car.delay_s + 26 / car.ramp_a_per_s);
    }
    return loop.meter_delay_s + loop.meter_period_s + 3 + 1 + slowest_s + 1;
}

}  // namespace

TEST_CASE("closed loop with late meters and late cars") {
    CHECK(rc::check("a constant house: charging comes to rest, below the fuse", [] {
        auto loop = any_loop(ChargeMode::now);
        const double house_a = between(0, 12);
        loop.bench.house({house_a, house_a / 2, house_a / 3});
        const auto coming = loop.run(180);
        // Late meters tell of slow cars, and one goes up as another goes down: a little, less than what a
        // breaker holds for an hour.
        RC_ASSERT(coming.over_by_a <= 0.13 * loop.bench.site.circuits[0].limit_a);
        RC_ASSERT(coming.overloaded_s <= 15.0);
        const auto resting = loop.run(120);
        RC_ASSERT(resting.changes == 0);
    }));

    CHECK(rc::check("steps of the house: overload ends within what meter and car need, then rest", [] {
        auto loop = any_loop(ChargeMode::now);
        for (int i = 0; i < 3; ++i) {
            loop.bench.house_a.at(static_cast<std::size_t>(between(0, 2))) = between(0, 15);
            const auto seen = loop.run(120);
            RC_ASSERT(seen.overloaded_s <= allowed_s(loop));
            loop.run(60);
            RC_ASSERT(loop.run(60).changes == 0);
        }
    }));

    CHECK(rc::check("the house rises while cars come up: answered all the same", [] {
        auto loop = any_loop(ChargeMode::now);
        loop.bench.house({2, 2, 2});
        for (int i = 0; i < 3; ++i) {
            loop.run(*rc::gen::element(3, 20, 70));
            for (auto& evse : loop.bench.site.evses) {
                evse.mode =
                    *rc::gen::element(ChargeMode::now, ChargeMode::now, ChargeMode::off, ChargeMode::solar);
            }
            loop.run(*rc::gen::element(0.0, 0.0, 1.0, 4.0, 12.0));
            const double house_a = between(-15, 15);
            loop.bench.house({house_a, house_a, house_a});
            // Two steps within the skew are answered a skew late each.
            RC_ASSERT(loop.run(60).overloaded_s <= allowed_s(loop) + 2 * 3.0);
        }
    }));

    CHECK(rc::check("slow meters, slow cars that ignore small changes: steps end, and all comes to rest", [] {
        auto loop = any_slow_loop(*rc::gen::element(ChargeMode::now, ChargeMode::solar, ChargeMode::eco));
        loop.bench.house({2, 2, 2});
        loop.run(200);
        for (int i = 0; i < 2; ++i) {
            const double house_a = between(-25, 15);
            loop.bench.house({house_a, house_a, house_a});
            const auto seen = loop.run(300);
            RC_ASSERT(seen.overloaded_s <= allowed_s(loop) + 2 * loop.meter_delay_s);
            loop.run(400);
            RC_ASSERT(loop.run(200).changes == 0);
        }
    }));

    CHECK(rc::check("one phase or three: a constant sun makes no EVSE change for long", [] {
        auto loop = any_loop(*rc::gen::element(ChargeMode::solar, ChargeMode::eco));
        for (auto& evse : loop.bench.site.evses) {
            evse.can_switch = *rc::gen::arbitrary<bool>();
        }
        const double surplus_a = between(0, 200) / 10.0;
        loop.bench.house({-surplus_a, -surplus_a, -surplus_a});
        loop.run(1500);
        const auto phases = [&loop] {
            int sum = 0;
            for (const auto& evse : loop.bench.last.evses) {
                sum = 10 * sum + evse.phases.value_or(0);
            }
            return sum;
        };
        const int before = phases();
        for (int i = 0; i < 30; ++i) {
            loop.run(20);
            RC_ASSERT(phases() == before);
        }
        for (const auto& memory : loop.bench.last.memory.evses) {
            RC_ASSERT(memory.switches.count() <= 4);
        }
    }));

    CHECK(rc::check("a car that pauses by itself shakes no other", [] {
        auto loop = any_loop(ChargeMode::now);
        auto& other = loop.bench.add("pausing", ChargeMode::now, between(1, 2));
        loop.cars.push_back({.delay_s = between(0, 100) / 10.0, .pauses_every_s = 400});
        loop.bench.house({2, 2, 2});
        (void)other;
        loop.run(340);
        const auto seen = loop.run(1200);
        // Three pauses: others may go up for it and down again, each in a few steps.
        RC_ASSERT(seen.changes <= 3 * 12 * static_cast<int>(loop.cars.size()));
    }));

    CHECK(rc::check("a constant sun: solar, eco and excess come to rest", [] {
        auto loop = any_loop(ChargeMode::solar);
        for (auto& evse : loop.bench.site.evses) {
            evse.mode =
                *rc::gen::element(ChargeMode::solar, ChargeMode::solar, ChargeMode::eco, ChargeMode::excess);
        }
        loop.bench.site.excess_threshold_w = between(0, 3000);
        const double surplus_a = between(0, 30);
        loop.bench.house({-surplus_a, -surplus_a, -surplus_a});
        loop.run(500);
        const auto resting = loop.run(240);
        RC_ASSERT(resting.changes == 0);
    }));
}
