#include "evse_settings.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sunherd::controller {
namespace {

using topics::ChargeMode;

/// Cars take less than offered towards the end, fuses may bind: begin so much earlier than arithmetic says.
constexpr double kTimeReserve = 1.15;
constexpr double kChargeEfficiency = 0.9;  ///< from the wall box into the car's battery

std::optional<std::string> word_of(const Override* override) {
    const auto* value = override != nullptr ? std::get_if<std::string>(&override->value) : nullptr;
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

bool flag_or(const Override* override, bool otherwise) {
    const auto* value = override != nullptr ? std::get_if<bool>(&override->value) : nullptr;
    return value != nullptr ? *value : otherwise;
}

/// What is still to be charged by the departure.
std::optional<double> energy_to_go(const EvseSettings& settings, const Surroundings& known) {
    if (settings.target_energy_wh) {
        return settings.target_energy_wh;
    }
    if (settings.target_soc_pct && known.soc_pct && known.capacity_wh) {
        const double missing_pct = *settings.target_soc_pct - *known.soc_pct;
        return std::max(0.0, missing_pct / 100 * *known.capacity_wh / kChargeEfficiency);
    }
    return std::nullopt;
}

std::optional<topics::Timestamp> latest_start(const site::Evse& evse, const EvseSettings& settings,
                                              const Surroundings& known) {
    const auto energy_wh = energy_to_go(settings, known);
    const double power_w = settings.max_current_a * known.voltage_v * std::clamp(evse.phases, 1, 3);
    if (!settings.departure || !energy_wh || !(power_w > 0)) {
        return std::nullopt;
    }
    const double hours = std::min(*energy_wh / power_w * kTimeReserve, 1000.0);
    return *settings.departure - std::chrono::seconds(std::llround(hours * 3600));
}

ChargeMode acting_mode(const EvseSettings& settings, const Surroundings& known) {
    auto mode = settings.mode;
    const bool wants_energy = settings.target_energy_wh.has_value();
    if (settings.charge_from && *settings.charge_from < *settings.departure) {
        mode = known.utc >= *settings.charge_from ? ChargeMode::now : ChargeMode::solar;
    } else if (wants_energy) {
        mode = ChargeMode::now;
    }
    const bool may_take_from_grid =
        settings.grid_charging || mode == ChargeMode::excess || mode == ChargeMode::off;
    if (!settings.enabled) {
        return ChargeMode::off;
    }
    return may_take_from_grid ? mode : ChargeMode::solar;
}

}  // namespace

bool is_standby(const Overrides& overrides) {
    return word_of(overrides.find("", "ems_state")) == "standby";
}

topics::BatteryMode battery_mode(const Overrides& overrides) {
    const auto word = word_of(overrides.find("", "battery_mode"));
    return (word ? topics::from_word<topics::BatteryMode>(*word) : std::nullopt)
        .value_or(topics::BatteryMode::automatic);
}

EvseSettings settings_of(const site::Evse& evse, const Overrides& overrides, const Surroundings& known) {
    const auto find = [&](std::string_view setting) { return overrides.find(evse.id, std::string(setting)); };
    EvseSettings settings{.mode = evse.mode};
    if (const auto word = word_of(find("mode"))) {
        settings.mode = topics::from_word<ChargeMode>(*word).value_or(evse.mode);
    }
    settings.priority = static_cast<int>(std::clamp(number_or(find("priority"), evse.priority), 1.0, 1000.0));
    settings.min_current_a = std::max(evse.min_current_a, number_or(find("min_current_a"), 0));
    settings.max_current_a = std::clamp(number_or(find("max_current_a"), evse.max_current_a), 0.0,
                                        std::max(0.0, evse.max_current_a));
    settings.enabled = flag_or(find("enabled"), true);
    settings.paused = flag_or(find("pause"), false);
    settings.grid_charging = flag_or(find("grid_charging"), true);
    settings.standby = is_standby(overrides);
    settings.target_energy_wh = number_of(find(kTargetEnergy));
    settings.target_soc_pct = number_of(find("target_soc_pct"));
    settings.price_limit_per_kwh = number_of(find("price_limit_per_kwh"));
    if (const auto departure = word_of(find("departure"))) {
        settings.departure = topics::parse_rfc3339(*departure);
    }
    settings.target_reached =
        settings.target_soc_pct && known.soc_pct && *known.soc_pct >= *settings.target_soc_pct;
    settings.charge_from = latest_start(evse, settings, known);
    settings.acting_mode = acting_mode(settings, known);
    settings.plan_a = number_of(find("plan_current_a"));
    if (!settings.plan_a && settings.mode == ChargeMode::price && settings.price_limit_per_kwh &&
        known.price_per_kwh) {
        settings.plan_a = *known.price_per_kwh <= *settings.price_limit_per_kwh ? settings.max_current_a : 0;
    }
    settings.overridden_by = overrides.described(evse.id);
    return settings;
}

}  // namespace sunherd::controller
