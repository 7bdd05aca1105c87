#pragma once

#include "topics/enums.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sunherd::devices {

/// What a point of a device means; the unit is in the name. Phases are the *device's* own L1…L3.
enum class Quantity {
    power_w,
    power_l1_w,
    power_l2_w,
    power_l3_w,
    current_l1_a,
    current_l2_a,
    current_l3_a,
    voltage_l1_v,
    voltage_l2_v,
    voltage_l3_v,
    frequency_hz,
    imported_wh,
    exported_wh,  ///< meters
    energy_wh,    ///< inverter: yield; EVSE: total
    soc_pct,
    capacity_wh,
    max_charge_w,
    max_discharge_w,
    charged_wh,
    discharged_wh,
    state_code,  ///< the device's own number for its state
    target_current_a,
    vehicle_max_current_a,
    vehicle_phases_code,
    session_energy_wh,
    session_duration_s,
    phases_code,
    installed_max_current_a,
    connector_count,
    load_guard_installed,
    load_guard_connected,
    count_,
};

/// What one poll of a device gave: absent = not implemented, not answered, or implausible.
class Values {
  public:
    std::optional<double>& operator[](Quantity q) { return values_.at(static_cast<std::size_t>(q)); }
    const std::optional<double>& operator[](Quantity q) const {
        return values_.at(static_cast<std::size_t>(q));
    }
    bool operator==(const Values&) const = default;

  private:
    std::array<std::optional<double>, static_cast<std::size_t>(Quantity::count_)> values_{};
};

/// Identity of a device, as far as it tells.
struct Identity {
    std::optional<std::string> vendor = std::nullopt;
    std::optional<std::string> model = std::nullopt;
    std::optional<std::string> serial = std::nullopt;
    std::optional<std::string> firmware = std::nullopt;
    bool operator==(const Identity&) const = default;
};

struct PvInput {
    int id = 0;
    std::optional<double> power_w;
    std::optional<double> voltage_v;
    std::optional<double> current_a;
    bool operator==(const PvInput&) const = default;
};

struct Reading {
    Values values;
    std::vector<PvInput> pv_inputs;  ///< inverters with several MPPT inputs
    int implausible = 0;             ///< values refused because they can't be true
    std::uint64_t fingerprint = 0;   ///< of the raw registers of V, A, W and Hz: equal for so long = frozen

    /// What the device's own state_code means, said by its profile.
    std::optional<topics::Iec61851> evse_state;
    std::optional<topics::InverterState> inverter_state;
    std::optional<topics::BatteryState> battery_state;
    std::optional<std::string> status;  ///< the device's own word for its state
    std::optional<int> vehicle_phases;  ///< how many phases the car is seen to use
};

}  // namespace sunherd::devices
