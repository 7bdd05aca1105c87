#pragma once

#include "house/battery.hpp"
#include "house/charge_point.hpp"
#include "house/demand.hpp"
#include "house/fuse.hpp"
#include "house/noise.hpp"
#include "house/visits.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

/// The physics of a house behind one grid connection. Pure: time comes in steps, chance from a seed.
namespace sunherd::house {

/// What flows now, per phase of the site. grid + pv + battery = house + evse, on each phase, at any moment.
struct Flows {
    PerPhase house_w{};
    PerPhase pv_w{};
    PerPhase battery_w{};  ///< + discharging
    PerPhase evse_w{};
    PerPhase grid_w{};          ///< + import
    PerPhase grid_current_a{};  ///< signed like the power
    PerPhase voltage_v{};
    double frequency_hz = 50;
};

struct Energies {
    double imported_wh = 0;
    double exported_wh = 0;
    double house_wh = 0;
    double pv_wh = 0;
};

class House {
  public:
    struct Config {
        double nominal_voltage_v = 230;
        double fuse_a = 25;
        double speed = 1;  ///< trace clock and energies run so much faster; control stays in real seconds
        topics::Timestamp start{};
        std::uint64_t seed = 1;
    };

    House(const Config& config, std::shared_ptr<const DemandSource> demand);

    /// visits: in order of time, see plan_visits. Returns the index for point().
    std::size_t add_charge_point(const std::string& id, const PhaseRotation& rotation,
                                 std::vector<Visit> visits);
    std::size_t add_battery(const BatteryModel& model, double soc_pct);

    /// dt_s: real seconds, above 0.
    void step(double dt_s);
    /// What flows, anew, without time going on: after a change from outside.
    void refresh();

    /// Load on top of the trace, W per phase.
    void set_extra_w(const PerPhase& extra_w);
    /// Multiplies the PV of the trace; ≥ 0.
    void set_pv_scale(double scale);

    std::size_t points() const { return points_.size(); }
    ChargePoint& point(std::size_t index) { return points_.at(index); }
    const ChargePoint& point(std::size_t index) const { return points_.at(index); }
    std::size_t batteries() const { return batteries_.size(); }
    Battery& battery(std::size_t index) { return batteries_.at(index); }
    const Battery& battery(std::size_t index) const { return batteries_.at(index); }
    const Flows& flows() const { return flows_; }
    const Energies& energies() const { return energies_; }
    double fuse_heat_pct() const { return fuse_.heat_pct(); }
    topics::Timestamp trace_time() const;

  private:
    struct Coming {
        std::vector<Visit> visits;
        std::size_t next = 0;  ///< of the visits, not yet arrived
        bool staying = false;  ///< the one before it is still there
    };

    void move_cars();
    void wander();

    Config config_;
    std::shared_ptr<const DemandSource> demand_;
    std::vector<ChargePoint> points_;
    std::vector<Coming> coming_;
    std::vector<Battery> batteries_;
    Fuse fuse_;
    std::array<Wander, 3> voltage_noise_;
    std::array<Wander, 3> load_noise_;
    Wander frequency_noise_;
    PerPhase extra_w_{};
    double pv_scale_ = 1;
    double elapsed_s_ = 0;
    Flows flows_;
    Energies energies_;
};

}  // namespace sunherd::house
