#include "energy_count.hpp"

#include <utility>

namespace sunherd::controller {

double EnergyCount::take(const std::string& evse, const topics::EvseState& state, Moment received) {
    Count& count = counts_[evse];
    count.waiting_wh += count.flow.add(state.power_w.value_or(0), received);
    return count.waiting_wh >= kStepWh ? std::exchange(count.waiting_wh, 0) : 0;
}

bool EnergyCount::has_left(const std::string& evse, const topics::EvseState& state) {
    using enum topics::Iec61851;
    const bool connected = state.state == B || state.state == C || state.state == D;
    bool& before = counts_[evse].connected;
    if (connected || state.state == A) {  // an error is no departure
        return std::exchange(before, connected) && !connected;
    }
    return false;
}

}  // namespace sunherd::controller
