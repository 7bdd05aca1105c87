#include "house/battery.hpp"

#include "house/noise.hpp"

#include <algorithm>

namespace sunherd::house {

Battery::Battery(const BatteryModel& model, double soc_pct, std::uint64_t seed)
    : model_(model),
      seed_(seed),
      stored_wh_(model.capacity_wh * std::clamp(soc_pct, 0.0, 100.0) / 100),
      discharge_limit_w_(model.max_discharge_w),
      standby_w_(model.standby_w) {}

void Battery::limit_discharge(double power_w) {
    discharge_limit_w_ = std::clamp(power_w, 0.0, model_.max_discharge_w);
}

void Battery::step(double dt_s, double speed, double grid_w) {
    const double share = std::min(1.0, dt_s / model_.lag_s);
    const double most_w = soc_pct() > model_.min_soc_pct ? discharge_limit_w_ : 0;
    const double least_w = stored_wh_ < model_.capacity_wh ? -model_.max_charge_w : 0;
    control_w_ = std::clamp(control_w_ + share * grid_w, least_w, most_w);
    standby_w_ = model_.standby_w * (0.5 + uniform_at(seed_, ++steps_));

    const double hours = dt_s * speed / 3600;
    if (control_w_ < 0) {
        stored_wh_ -= control_w_ * model_.efficiency_one_way * hours;
    } else {
        stored_wh_ -= control_w_ / model_.efficiency_one_way * hours;
    }
    stored_wh_ = std::clamp(stored_wh_, 0.0, model_.capacity_wh);
    charged_wh_ += std::max(0.0, -power_w()) * hours;
    discharged_wh_ += std::max(0.0, power_w()) * hours;
}

}  // namespace sunherd::house
