#pragma once

#include "scenario.hpp"

namespace sunherd::ctl {

/// What the engine answered; one entry per load, in the scenario's order.
struct Played {
    std::vector<engine::Allocation> allowed;
    std::vector<double> next_a;               ///< the answer once the loads draw what is allowed
    std::vector<std::vector<double>> tail_a;  ///< commanded in the last 5 cycles; `loop` only
};

/// Plays a scenario's site against the engine. Pure. Not `Bench::both`.
Played play(const Scenario& scenario, Bench bench);

}  // namespace sunherd::ctl
