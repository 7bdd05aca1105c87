#pragma once

#include "overrides.hpp"
#include "site/site.hpp"

#include <optional>
#include <string>

namespace sunherd::controller {

/// What is known beside the site file and bears on what an EVSE shall do.
struct Surroundings {
    topics::Timestamp utc{};
    double voltage_v = 230;  ///< between a phase and neutral, to tell how long an energy takes
    std::optional<double> price_per_kwh{};
    std::optional<double> soc_pct{};      ///< of the car at this EVSE
    std::optional<double> capacity_wh{};  ///< of the car at this EVSE
};

/// What is in force for an EVSE: site file and overrides.
struct EvseSettings {
    topics::ChargeMode mode = topics::ChargeMode::off;         ///< the user's
    topics::ChargeMode acting_mode = topics::ChargeMode::off;  ///< what comes of it now
    int priority = 1;
    double min_current_a = 6;
    double max_current_a = 16;
    bool enabled = true;
    bool paused = false;
    bool grid_charging = true;
    bool standby = false;            ///< of the whole site
    bool target_reached = false;     ///< the car has the charge it was to have
    std::optional<double> plan_a{};  ///< what a plan, or the price, allows now
    std::optional<double> target_energy_wh{};
    std::optional<double> target_soc_pct{};
    std::optional<double> price_limit_per_kwh{};
    std::optional<topics::Timestamp> departure{};
    std::optional<topics::Timestamp> charge_from{};
    std::optional<std::string> overridden_by{};
};

/// An energy to be charged is charged at once (`now`), or, where there is a departure, from the sun until it
/// has to begin; the same for a target charge with departure, where the car tells its own. What is not known
/// raises nothing: without a price mode `price` has no plan.
EvseSettings settings_of(const site::Evse& evse, const Overrides& overrides, const Surroundings& known);

/// What somebody set for the site.
bool is_standby(const Overrides& overrides);
topics::BatteryMode battery_mode(const Overrides& overrides);

}  // namespace sunherd::controller
