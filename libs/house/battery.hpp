#pragma once

#include <cstdint>

namespace sunherd::house {

struct BatteryModel {
    double capacity_wh = 6500;
    double max_charge_w = 2000;
    double max_discharge_w = 2000;
    double efficiency_one_way = 0.95;
    double min_soc_pct = 5;
    double lag_s = 1.5;    ///< time constant of its own control
    double standby_w = 6;  ///< what its electronics take
};

/// A battery that tries by itself to bring the grid power to zero (self-consumption), as home batteries do.
class Battery {
  public:
    Battery(const BatteryModel& model, double soc_pct, std::uint64_t seed);

    /// dt_s: real seconds; energy runs `speed` times faster. grid_w: + import, with its present power in it.
    void step(double dt_s, double speed, double grid_w);
    /// Most it may discharge, W ≥ 0; never above what it can.
    void limit_discharge(double power_w);

    const BatteryModel& model() const { return model_; }
    double power_w() const { return control_w_ - standby_w_; }  ///< AC side, + discharging
    double soc_pct() const { return 100 * stored_wh_ / model_.capacity_wh; }
    double discharge_limit_w() const { return discharge_limit_w_; }
    double charged_wh() const { return charged_wh_; }
    double discharged_wh() const { return discharged_wh_; }

  private:
    BatteryModel model_;
    std::uint64_t seed_;
    std::uint64_t steps_ = 0;
    double stored_wh_;
    double discharge_limit_w_;
    double control_w_ = 0;
    double standby_w_ = 0;
    double charged_wh_ = 0;
    double discharged_wh_ = 0;
};

}  // namespace sunherd::house
