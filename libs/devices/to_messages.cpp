#include "devices/to_messages.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace sunherd::devices {

namespace {

using topics::PhaseValues;
using enum Quantity;

constexpr std::array kCurrents{current_l1_a, current_l2_a, current_l3_a};
constexpr std::array kVoltages{voltage_l1_v, voltage_l2_v, voltage_l3_v};
constexpr std::array kPowers{power_l1_w, power_l2_w, power_l3_w};

/// More consumption than this by something that produces isn't stand-by any more (a hybrid charging from the
/// grid).
constexpr double kMostStandbyW = 200;

/// Devices speak in binary fractions; people read these messages. No device measures finer than a thousandth.
Values rounded(const Values& raw) {
    Values values;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Quantity::count_); ++i) {
        const auto quantity = static_cast<Quantity>(i);
        if (const auto& value = raw[quantity]) {
            values[quantity] = std::round(*value * 1000) / 1000;
        }
    }
    return values;
}

PhaseValues phases(const Values& values, const std::array<Quantity, 3>& quantities, double factor = 1) {
    PhaseValues result;
    for (int i = 0; i < 3; ++i) {
        if (const auto& value = values[quantities.at(static_cast<std::size_t>(i))]) {
            result[i] = *value * factor;
        }
    }
    return result;
}

/// Total power, from the phases where the device gives only these.
std::optional<double> total_power(const Values& values) {
    if (values[power_w]) {
        return values[power_w];
    }
    double sum_w = 0;
    for (const auto quantity : kPowers) {
        if (!values[quantity]) {
            return std::nullopt;
        }
        sum_w += *values[quantity];
    }
    return sum_w;
}

std::optional<double> at_least_zero(const std::optional<double>& power_w) {
    if (!power_w || *power_w < -kMostStandbyW) {
        return std::nullopt;
    }
    return std::max(0.0, *power_w);
}

/// What grid and other meters have in common.
template <class Message>
void fill_meter(const Reading& reading, bool invert, Message& message) {
    const Values values = rounded(reading.values);
    const double sign = invert ? -1 : 1;
    if (const auto power = total_power(values)) {
        message.power_w = *power * sign;
    }
    message.current_a = phases(values, kCurrents, sign);
    message.voltage_v = phases(values, kVoltages);
    message.phase_power_w = phases(values, kPowers, sign);
    message.frequency_hz = values[frequency_hz];
    message.imported_wh = values[invert ? exported_wh : imported_wh];
    message.exported_wh = values[invert ? imported_wh : exported_wh];
}

/// Values of the device's phases at the places of the site's.
PhaseValues rotated(const PhaseValues& device, std::string_view rotation) {
    PhaseValues site;
    for (std::size_t i = 0; i < 3 && 2 * i + 1 < rotation.size(); ++i) {
        const int phase = rotation[2 * i + 1] - '1';
        if (phase >= 0 && phase < 3) {
            site[phase] = device[static_cast<int>(i)];
        }
    }
    return site;
}

}  // namespace

topics::GridReading to_grid(const Reading& reading, std::string source, bool invert) {
    topics::GridReading grid;
    grid.source = std::move(source);
    fill_meter(reading, invert, grid);
    return grid;
}

topics::MeterReading to_meter(const Reading& reading, bool invert) {
    topics::MeterReading meter;
    fill_meter(reading, invert, meter);
    return meter;
}

topics::PvReading to_pv(const Reading& reading) {
    const Values values = rounded(reading.values);
    topics::PvReading pv;
    pv.power_w = at_least_zero(total_power(values));
    pv.energy_wh = values[energy_wh];
    pv.current_a = phases(values, kCurrents);
    pv.voltage_v = phases(values, kVoltages);
    for (const auto& input : reading.pv_inputs) {
        pv.strings.push_back({input.id, input.power_w, input.voltage_v, input.current_a});
    }
    pv.state = reading.inverter_state;
    return pv;
}

topics::BatteryReading to_battery(const Reading& reading) {
    const Values values = rounded(reading.values);
    topics::BatteryReading battery;
    battery.power_w = values[power_w];
    battery.soc_pct = values[soc_pct];
    battery.capacity_wh = values[capacity_wh];
    battery.max_charge_w = values[max_charge_w];
    battery.max_discharge_w = values[max_discharge_w];
    battery.charged_wh = values[charged_wh];
    battery.discharged_wh = values[discharged_wh];
    battery.state = reading.battery_state;
    return battery;
}

topics::EvseState to_evse_state(const Reading& reading, std::string_view phase_rotation) {
    const Values values = rounded(reading.values);
    topics::EvseState evse;
    evse.state = reading.evse_state.value_or(topics::Iec61851::E);
    evse.status = reading.status;
    evse.current_a = rotated(phases(values, kCurrents), phase_rotation);
    evse.voltage_v = rotated(phases(values, kVoltages), phase_rotation);
    evse.power_w = at_least_zero(total_power(values));
    evse.session_energy_wh = values[session_energy_wh];
    evse.session_duration_s = values[session_duration_s];
    evse.total_energy_wh = values[energy_wh];
    evse.target_current_a = values[target_current_a];
    evse.vehicle_max_current_a = values[vehicle_max_current_a];
    evse.vehicle_phases = reading.vehicle_phases;
    return evse;
}

}  // namespace sunherd::devices
