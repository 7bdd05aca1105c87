#include "house/car.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::house {

Car::Car(const CarModel& model, double stored_wh)
    : model_(model), stored_wh_(std::clamp(stored_wh, 0.0, model.capacity_wh)) {}

double Car::wanted_current_a(double offered_a) const {
    if (offered_a < kMinCurrentA || full()) {
        return 0;
    }
    // The last 5 % go in ever more slowly, down to the minimum.
    const double empty_share = 1 - stored_wh_ / model_.capacity_wh;
    const double taper_a = std::max(kMinCurrentA, model_.max_current_a * empty_share / 0.05);
    double wanted_a = std::min({offered_a, model_.max_current_a, taper_a});
    if (model_.step_a > 0) {
        wanted_a = std::floor(wanted_a / model_.step_a) * model_.step_a;
    }
    return wanted_a;
}

bool Car::worth_following(double wanted_a) const {
    if (wanted_a == target_a_) {
        return false;
    }
    const bool starts_or_stops = wanted_a == 0 || target_a_ == 0;
    return starts_or_stops || std::abs(wanted_a - target_a_) >= model_.ignores_below_a;
}

void Car::step(double dt_s, double offered_a) {
    const double wanted_a = wanted_current_a(offered_a);
    if (worth_following(wanted_a)) {
        since_change_s_ += dt_s;
        if (since_change_s_ >= model_.dead_time_s) {
            target_a_ = wanted_a;
            since_change_s_ = 0;
        }
    } else {
        since_change_s_ = 0;
    }
    const double reach_a = model_.ramp_a_per_s * dt_s;
    current_a_ += std::clamp(target_a_ - current_a_, -reach_a, reach_a);
}

void Car::charge(double energy_wh) {
    stored_wh_ = std::min(stored_wh_ + energy_wh * model_.efficiency, model_.capacity_wh);
}

void Car::cut() {
    target_a_ = 0;
    current_a_ = 0;
    since_change_s_ = 0;
}

}  // namespace sunherd::house
