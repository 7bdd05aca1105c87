#include "engine/allocate.hpp"
#include "engine/decide.hpp"

#include <benchmark/benchmark.h>

/// One decision of a settled site: grid reading comes, nothing changes.
namespace {

using namespace sunherd::engine;

Site site_with(int evses) {
    Site site;
    site.now = Instant(3'600'000);
    site.circuits.push_back({.id = "main", .limit_a = 25.0 * evses, .metered = true});
    const int garages = std::max(1, evses / 10);
    for (int g = 0; g < garages; ++g) {
        site.circuits.push_back({.id = "g" + std::to_string(g), .parent = 0, .limit_a = 100});
    }
    for (int i = 0; i < evses; ++i) {
        Evse evse;
        evse.id = "evse" + std::to_string(i);
        evse.circuit = 1 + i % garages;
        evse.priority = i % 3;
        evse.mode = i % 2 == 0 ? ChargeMode::now : ChargeMode::solar;
        evse.state = Iec61851::C;
        site.evses.push_back(evse);
    }
    return site;
}

void read_all(Site& site, const Decision& last) {
    site.now += Instant(100);
    double sum_a = 3;
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        const double current_a = last.evses.empty() ? 0 : last.evses[i].target_a;
        site.evses[i].current_a.phase = {current_a, current_a, current_a};
        site.evses[i].read_at = site.now;
        sum_a += current_a;
    }
    site.circuits[0].current_a.phase = {sum_a, sum_a, sum_a};
    site.circuits[0].read_at = site.now;
}

void decide_settled(benchmark::State& state) {
    Site site = site_with(static_cast<int>(state.range(0)));
    Decision last;
    for (int i = 0; i < 3000; ++i) {
        read_all(site, last);
        decide(site, last);
    }
    for (auto _ : state) {
        site.now += Instant(100);
        site.circuits[0].read_at = site.now;
        for (auto& evse : site.evses) {
            evse.read_at = site.now;
        }
        decide(site, last);
        benchmark::DoNotOptimize(last);
    }
}
BENCHMARK(decide_settled)->Arg(1)->Arg(3)->Arg(10)->Arg(100)->Arg(1000);

/// Loads of mixed masks and modes that compete for a fuse which allows about half of what they want.
void allocate(benchmark::State& state) {
    const auto count = static_cast<int>(state.range(0));
    Supply supply;
    supply.fuse_a = 8.0 * count;
    supply.base_a = {-2, 1, 3};
    std::vector<Limit> limits(static_cast<std::size_t>(std::max(1, count / 10)), Limit{.limit_a = 100});
    std::vector<Load> loads(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        Load& load = loads[static_cast<std::size_t>(i)];
        load.path.wires = i % 3 == 0 ? PerPhase{1, 0, 0} : PerPhase{1, 1, 1};
        load.path.limits[0] = static_cast<std::int16_t>(i % static_cast<int>(limits.size()));
        load.path.limit_count = 1;
        load.priority = 1 + i % 5;
        load.rank = i;
        load.source = load.urgency = i % 2 == 0 ? Source::any : Source::minimum_or_surplus;
    }
    Allocator allocator;
    const auto distribution = static_cast<Distribution>(state.range(1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(allocator.run(supply, limits, loads, distribution));
    }
}
BENCHMARK(allocate)->ArgsProduct({{3, 100, 1000}, {0, 1, 2, 3}})->ArgNames({"loads", "distribution"});

}  // namespace

BENCHMARK_MAIN();
