#include "engine/by_circuit.hpp"

#include <algorithm>
#include <limits>

namespace sunherd::engine {

bool ByCircuit::is_below(const Load& load, std::int16_t limit) {
    const auto* end = load.path.limits.begin() + load.path.limit_count;
    return std::find(load.path.limits.begin(), end, limit) != end;
}

/// It gets what it has, no more and no less, whatever others would like.
void ByCircuit::keep(std::size_t index) {
    Load& load = loads_[index];
    const double current_a = results_[index].current_a;
    load.active = load.active && current_a > 0;
    if (load.active) {
        load.min_a = load.max_a = current_a;
        load.source = load.urgency = Source::any;
        load.priority = std::numeric_limits<int>::min();
        load.begin_room_a = 0;
    }
}

const std::vector<Allocation>& ByCircuit::run(const Supply& supply, const std::vector<Limit>& limits,
                                              const std::vector<Load>& loads, Distribution distribution,
                                              const std::vector<OwnDistribution>& own) {
    if (own.empty()) {
        return allocator_.run(supply, limits, loads, distribution);
    }
    results_ = allocator_.run(supply, limits, loads, distribution);
    const auto again = [&](Distribution by, const auto& takes_part) {
        loads_ = loads;
        for (std::size_t i = 0; i < loads.size(); ++i) {
            if (!takes_part(loads[i])) {
                keep(i);
            }
        }
        const auto& shared = allocator_.run(supply, limits, loads_, by);
        for (std::size_t i = 0; i < loads.size(); ++i) {
            if (takes_part(loads[i])) {
                results_[i] = shared[i];
            }
        }
    };
    for (const auto& each : own) {
        again(each.distribution, [&](const Load& load) { return is_below(load, each.limit); });
    }
    // What they leave is for those that are in none of them.
    again(distribution, [&](const Load& load) {
        return std::none_of(own.begin(), own.end(),
                            [&](const auto& each) { return is_below(load, each.limit); });
    });
    return results_;
}

}  // namespace sunherd::engine
