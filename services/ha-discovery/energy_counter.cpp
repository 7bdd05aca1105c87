#include "energy_counter.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ha {
namespace {

/// No building has more; beyond it a counter's step is none.
constexpr double kMostW = 1e6;
constexpr double kStepAllowanceWh = 1000;  ///< of counters that move in steps
/// Over a longer silence the power between is not known.
constexpr double kLongestGapS = 60;

double seconds_between(EnergyCounter::Moment from, EnergyCounter::Moment to) {
    return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

}  // namespace

void EnergyCounter::resume(double total_wh) {
    if (std::isfinite(total_wh) && total_wh >= 0) {
        total_wh_ = std::max(total_wh_.value_or(0), total_wh);
    }
}

void EnergyCounter::count(double counter_wh, Moment at) {
    if (!std::isfinite(counter_wh) || counter_wh < 0) {
        return;
    }
    if (!counter_wh_) {  // the device's own number where that is no less; else it began anew while we were
                         // away
        total_wh_ = std::max(total_wh_.value_or(0), counter_wh);
    } else {
        const double step_wh = counter_wh - *counter_wh_;
        const double most_wh = kStepAllowanceWh + seconds_between(*at_, at) * kMostW / 3600;
        if (step_wh > 0 && step_wh <= most_wh) {
            *total_wh_ += step_wh;
        }
    }
    counter_wh_ = counter_wh;
    at_ = at;
}

void EnergyCounter::flow(double power_w, Moment at) {
    if (counter_wh_ || !std::isfinite(power_w)) {
        return;
    }
    const double now_w = std::clamp(power_w, 0.0, kMostW);
    const double seconds = at_ ? std::min(seconds_between(*at_, at), kLongestGapS) : 0;
    total_wh_ = total_wh_.value_or(0) + seconds * (power_w_ + now_w) / 2 / 3600;
    power_w_ = now_w;
    at_ = at;
}

}  // namespace sunherd::ha
