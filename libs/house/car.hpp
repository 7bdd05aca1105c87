#pragma once

namespace sunherd::house {

/// How a car behaves at the plug.
struct CarModel {
    int phases = 3;
    double max_current_a = 16;
    double dead_time_s = 1.5;    ///< from a changed offer to the first reaction
    double ramp_a_per_s = 6;     ///< then this fast
    double step_a = 0;           ///< follows in such steps only, rounded down; 0 = any current
    double ignores_below_a = 0;  ///< keeps its current where the offer changed by less
    double capacity_wh = 60000;
    double efficiency = 0.92;  ///< of the charger in the car: grid → battery
};

/// IEC 61851: less than this cannot be offered; it means pause.
constexpr double kMinCurrentA = 6;

/// A car's charger and battery. Knows the offer only as a car does: through the pilot, late and on its own
/// terms.
class Car {
  public:
    /// stored_wh: energy in the battery, at most the capacity.
    Car(const CarModel& model, double stored_wh);

    /// dt_s: real seconds. offered_a: what the EVSE offers now; 0 where its contactor is open.
    void step(double dt_s, double offered_a);
    /// Energy that came through the plug.
    void charge(double energy_wh);
    /// Pulled plug: no current from one moment to the next.
    void cut();

    const CarModel& model() const { return model_; }
    double current_a() const { return current_a_; }  ///< on each phase it uses
    double soc_pct() const { return 100 * stored_wh_ / model_.capacity_wh; }
    bool full() const { return stored_wh_ >= model_.capacity_wh; }

  private:
    double wanted_current_a(double offered_a) const;
    bool worth_following(double wanted_a) const;

    CarModel model_;
    double stored_wh_;
    double target_a_ = 0;
    double current_a_ = 0;
    double since_change_s_ = 0;
};

}  // namespace sunherd::house
