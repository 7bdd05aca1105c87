#include "settings.hpp"

#include <algorithm>
#include <array>

namespace sunherd::controller {
namespace {

using enum Scope;

constexpr std::array kSettings{
    Setting{site, "mode", ValueKind::mode},
    Setting{site, "ems_state", ValueKind::ems_state},
    Setting{site, "battery_mode", ValueKind::battery_mode},
    Setting{site, "grid_limit_a", ValueKind::grid_current},
    Setting{site, "max_import_w", ValueKind::import_power},
    Setting{site, "max_evse_w", ValueKind::power},
    Setting{site, "clear_fault", ValueKind::press},
    Setting{site, "overrides", ValueKind::nothing},
    Setting{evse, "mode", ValueKind::mode},
    Setting{evse, "enabled", ValueKind::flag},
    Setting{evse, "pause", ValueKind::flag},
    Setting{evse, "grid_charging", ValueKind::flag},
    Setting{evse, "max_current_a", ValueKind::current_or_zero},
    Setting{evse, "min_current_a", ValueKind::current},
    Setting{evse, "priority", ValueKind::priority},
    Setting{evse, "target_energy_wh", ValueKind::energy},
    Setting{evse, "target_soc_pct", ValueKind::percent},
    Setting{evse, "departure", ValueKind::time},
    Setting{evse, "price_limit_per_kwh", ValueKind::price},
    Setting{evse, "plan_current_a", ValueKind::current_or_zero},
    Setting{evse, "clear_fault", ValueKind::press},
    Setting{evse, "restart_evse", ValueKind::press},
    Setting{evse, "restart_load_guard", ValueKind::press},
    Setting{evse, "overrides", ValueKind::nothing},
};

}  // namespace

std::span<const Setting> all_settings() {
    return kSettings;
}

const Setting* find_setting(Scope scope, std::string_view name) {
    const auto* found = std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& each) {
        return each.scope == scope && each.name == name;
    });
    return found == kSettings.end() ? nullptr : found;
}

std::string_view unit_of(ValueKind kind) {
    switch (kind) {
        case ValueKind::current:
        case ValueKind::current_or_zero:
        case ValueKind::grid_current:
            return " A";
        case ValueKind::import_power:
        case ValueKind::power:
            return " W";
        case ValueKind::energy:
            return " Wh";
        case ValueKind::percent:
            return " %";
        case ValueKind::price:
            return "/kWh";
        default:
            return "";
    }
}

}  // namespace sunherd::controller
