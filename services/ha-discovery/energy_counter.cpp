#include "energy_counter.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ha {
namespace {

constexpr double kStepAllowanceWh = 1000;  ///< of counters that move in steps

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
        const double seconds = std::chrono::duration<double>(at - counted_at_).count();
        const double most_wh = kStepAllowanceWh + std::max(0.0, seconds) * energy::kMostW / 3600;
        if (step_wh > 0 && step_wh <= most_wh) {
            *total_wh_ += step_wh;
        }
    }
    counter_wh_ = counter_wh;
    counted_at_ = at;
}

void EnergyCounter::flow(double power_w, Moment at) {
    if (!counter_wh_ && std::isfinite(power_w)) {
        total_wh_ = total_wh_.value_or(0) + flow_.add(power_w, at);
    }
}

}  // namespace sunherd::ha
