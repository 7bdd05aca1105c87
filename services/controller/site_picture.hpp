#pragma once

#include "bus/bus.hpp"
#include "commands.hpp"
#include "engine/decide.hpp"
#include "evse_settings.hpp"
#include "market_and_cars.hpp"
#include "site/site.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sunherd::controller {

/// The latest message of each topic, and how they become the engine's picture of the site. No I/O; time comes
/// with the messages and with the question. A retained message's age is not known: what it says is stale.
class SitePicture {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit SitePicture(const site::Site& site);

    void take(const topics::GridReading& reading, const bus::Incoming& raw);
    void take_pv(const std::string& id, const topics::PvReading& reading, const bus::Incoming& raw);
    void take_battery(const std::string& id, const topics::BatteryReading& reading, const bus::Incoming& raw);
    void take_meter(const std::string& id, const topics::MeterReading& reading, const bus::Incoming& raw);
    /// True if its IEC 61851 state is another than before, or was not known.
    bool take_state(const std::string& id, const topics::EvseState& state, const bus::Incoming& raw);
    void take_applied(const std::string& id, const topics::EvseApplied& applied, const bus::Incoming& raw);
    void take_tariff(const std::string& id, const topics::TariffNow& now) { market_.take(id, now); }
    void take_vehicle(const std::string& id, const topics::VehicleState& state) { market_.take(id, state); }
    /// True if this EVSE is not in the site file and is controlled from now on.
    bool adopt(const std::string& id, const topics::EvseInfo& info);

    engine::Site at(Moment now, topics::Timestamp utc, const Overrides& overrides) const;
    EvseSettings settings(const site::Evse& evse, topics::Timestamp utc, const Overrides& overrides) const;

    /// Those we control; the engine's site has the same order.
    const std::vector<site::Evse>& evses() const { return evses_; }
    CommandLimits command_limits() const;
    /// Name of a fuse by its index in the engine's site.
    const std::string& circuit_name(int index) const {
        return circuits_.at(static_cast<std::size_t>(index)).id;
    }

    /// Of the newest grid reading, if it came fresh: when it was taken by its sender's clock, and received.
    std::optional<topics::Timestamp> grid_time() const { return grid_time_; }
    std::optional<Moment> grid_received() const { return grid_.received; }

  private:
    struct Reading {
        topics::PhaseValues current_a{};
        topics::PhaseValues voltage_v{};
        std::optional<double> power_w{};
        std::optional<double> soc_pct{};
        std::optional<double> max_charge_w{};
        std::optional<double> max_discharge_w{};
        std::optional<Moment> received{};
    };
    struct EvseSeen {
        topics::EvseState state{};
        std::optional<Moment> received{};
        std::optional<double> confirmed_a{};    ///< last that the actuator knows it wrote
        std::optional<double> unconfirmed_a{};  ///< what the device may have instead
    };

    void order_circuits();
    /// The main fuse, or a lower limit that somebody set.
    double grid_limit_a(const Overrides& overrides) const;
    bool is_ours(const std::string& evse) const;
    int circuit_index(const std::optional<std::string>& id) const;
    void add_circuits(engine::Site& picture) const;
    void add_powers(engine::Site& picture, const Overrides& overrides) const;
    void add_limits(engine::Site& picture, topics::Timestamp utc, const Overrides& overrides) const;
    engine::Evse evse_at(const site::Evse& evse, topics::Timestamp utc, const Overrides& overrides) const;

    const site::Site& site_;
    std::vector<site::Circuit> circuits_;  ///< the main fuse first, each after its parent
    std::vector<site::Evse> evses_;
    Reading grid_;
    std::optional<topics::Timestamp> grid_time_;
    std::map<std::string, Reading> devices_;  ///< of the site file
    std::map<std::string, EvseSeen> seen_;
    MarketAndCars market_;
};

}  // namespace sunherd::controller
