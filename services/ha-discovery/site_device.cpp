#include "builder.hpp"
#include "catalogue.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ha {
namespace {

/// Who says what the grid does, and how often: a device of its own, or the master EVSE's Load Guard.
Builder grid_builder(Device& made, const site::Site& site, const topics::Names& names) {
    const auto grid = std::ranges::find(site.devices, site::Role::grid, &site::Device::role);
    if (grid != site.devices.end()) {
        Builder builder(made, names.grid().name, {while_it_answers(names, "building-collector", grid->id)});
        return builder.expire_with(grid->poll);
    }
    const auto master = std::ranges::find(site.evses, true, &site::Evse::master);
    const auto evse = master != site.evses.end() ? *master : site::Evse{};
    Builder builder(made, names.grid().name,
                    {while_it_answers(names, "evse-collector", evse.id + "-load-guard")});
    return builder.expire_with(evse.load_guard_poll);
}

void add_grid(Device& device, const site::Site& site, const topics::Names& names) {
    auto grid = grid_builder(device, site, names);
    grid.number("grid_power", {"Grid power", "Netzleistung"}, "power_w", kPower);
    grid.per_phase("grid_current", {"Grid current", "Netzstrom"}, "current_a", kCurrent);
    grid.per_phase("grid_voltage", {"Grid voltage", "Netzspannung"}, "voltage_v", kVoltage);
    grid.number("grid_frequency", {"Grid frequency", "Netzfrequenz"}, "frequency_hz", kFrequency).category =
        "diagnostic";
    Builder energy(device, names.energy(kGridEnergy).name, {while_service_lives(names, kOurName)});
    energy.number("grid_import", {"Grid import", "Netzbezug"}, "imported_wh", kEnergy).icon =
        "mdi:transmission-tower-import";
    energy.number("grid_export", {"Grid export", "Netzeinspeisung"}, "exported_wh", kEnergy).icon =
        "mdi:transmission-tower-export";
}

void add_balance(Builder& control) {
    control.number("surplus", {"Surplus", "Überschuss"}, "surplus_w", kPower).icon =
        "mdi:solar-power-variant";
    control.number("house_power", {"House", "Haus"}, "house_w", kPower).icon = "mdi:home-lightning-bolt";
    control.number("pv_power", {"PV", "PV"}, "pv_w", kPower).icon = "mdi:solar-power";
    control.number("battery_power", {"Batteries", "Batterien"}, "battery_w", kPower).icon =
        "mdi:home-battery";
    control.number("evse_power", {"EVSEs", "Ladestationen"}, "evse_w", kPower).icon = "mdi:ev-station";
    control.number("fuse", {"Limit per phase", "Grenze je Phase"}, "fuse_a", kCurrent).category =
        "diagnostic";
}

void add_state(Builder& control, Language language) {
    auto& state = control.text("ems_state", {"EMS state", "EMS-Zustand"}, "{{ value_json.ems_state }}",
                               "mdi:state-machine");
    state.device_class = "enum";
    state.options = {"ok", "degraded", "fault"};
    control.reason({"EMS: why", "EMS: warum"}, language);
}

void add_controls(Device& device, Builder& control, const site::Site& site, const topics::Names& names) {
    const auto command = [&names](const char* name) { return names.site_command(name); };
    auto& state = control.control(Platform::select, "ems", {"EMS", "EMS"},
                                  "{{ 'standby' if value_json.standby else 'auto' }}", command("ems_state"));
    state.options = {"auto", "standby"};
    state.icon = "mdi:power-standby";
    const auto is_battery = [](const auto& each) { return each.role == site::Role::battery; };
    if (std::ranges::any_of(site.devices, is_battery)) {
        auto& mode = control.control(Platform::select, "battery_mode", {"Battery mode", "Batteriemodus"},
                                     "{{ value_json.battery_mode }}", command("battery_mode"));
        mode.options = {"auto", "battery_first", "evse_first", "support"};
        mode.icon = "mdi:home-battery-outline";
    }
    const auto& grid = site.grid;
    const double most_w = std::ceil(grid.main_fuse_a * grid.nominal_voltage_v * grid.phases / 100) * 100;
    const auto or_most = [](const char* field, double most) {
        return "{{ value_json." + std::string(field) + " | default(" +
               std::to_string(static_cast<long>(most)) + ") }}";
    };
    const auto add_limit = [&control](const char* key, Text name, const std::string& value,
                                      const Range& range, const topics::Topic<topics::Command>& to) {
        auto& number = control.adjustable(key, std::move(name), value, range, to);
        number.category = "config";
        number.device_class = range.unit == "A" ? "current" : "power";
    };
    add_limit("grid_limit", {"Grid limit per phase", "Netzgrenze je Phase"}, "{{ value_json.fuse_a }}",
              {"A", 0, grid.main_fuse_a, 0.5}, command("grid_limit_a"));
    const double most_import_w = std::min(most_w, grid.max_import_w.value_or(most_w));
    add_limit("max_import", {"Most import while charging", "Höchster Bezug beim Laden"},
              or_most("max_import_w", most_import_w), {"W", 0, most_import_w, 100}, command("max_import_w"));
    add_limit("max_evse", {"Most for all EVSEs", "Höchstens für alle Ladestationen"},
              or_most("max_evse_w", most_w), {"W", 0, most_w, 100}, command("max_evse_w"));
    auto& fault =
        control.button("clear_fault", {"Clear fault", "Störung quittieren"}, command("clear_fault"));
    fault.icon = "mdi:alert-remove-outline";
    fault.category = "config";
    Builder overrides(device, names.control_overrides().name, {while_service_lives(names, "controller")});
    auto& count =
        overrides.text("overrides", {"Overrides", "Übersteuerungen"},
                       "{{ value_json.overrides | default([]) | count }}", "mdi:hand-back-right-outline");
    count.attributes_topic = names.control_overrides().name;
    count.category = "diagnostic";
    auto& clear = overrides.button("clear_overrides", {"Clear overrides", "Übersteuerungen aufheben"},
                                   command("overrides"), "default");
    clear.icon = "mdi:hand-back-right-off-outline";
    clear.category = "config";
}

}  // namespace

Device site_device(const site::Site& site, const topics::Names& names, Language language) {
    Device device{.id = kSiteDevice, .name = site.name.value_or(site.id), .manufacturer = "Sunherd"};
    device.model = language == Language::de ? "Anlage" : "Site";
    add_grid(device, site, names);
    Builder control(device, names.control_site().name, {while_service_lives(names, "controller")});
    control.expire_with({});
    add_balance(control);
    add_state(control, language);
    add_controls(device, control, site, names);
    return device;
}

}  // namespace sunherd::ha
