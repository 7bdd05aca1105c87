#include "energy_count.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::controller {
namespace {

/// Over a longer silence the power between is not known.
constexpr double kLongestGapS = 60;
constexpr double kMostW = 1e6;

}  // namespace

double EnergyCount::take(const std::string& evse, const topics::EvseState& state, Moment received) {
    Count& count = counts_[evse];
    const double power_w = std::clamp(state.power_w.value_or(0), 0.0, kMostW);
    if (count.last) {
        const double seconds = std::chrono::duration<double>(received - *count.last).count();
        count.waiting_wh += std::clamp(seconds, 0.0, kLongestGapS) * (power_w + count.last_w) / 2 / 3600;
    }
    count.last = received;
    count.last_w = power_w;
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
