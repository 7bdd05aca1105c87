#include "builder.hpp"
#include "catalogue.hpp"

namespace sunherd::ha {
namespace {

void add_measured(Device& device, const site::Evse& evse, const topics::Names& names) {
    const auto& id = device.id;
    Builder state(device, names.evse_state(id).name, {while_it_answers(names, "evse-collector", id)});
    state.expire_with(evse.poll);
    auto& letter = state.text("state", {"State (IEC 61851)", "Zustand (IEC 61851)"}, "{{ value_json.state }}",
                              "mdi:ev-plug-type2");
    letter.device_class = "enum";
    letter.options = {"A", "B", "C", "D", "E", "F"};
    state.flag("connected", {"Car connected", "Fahrzeug angeschlossen"},
               "value_json.state in ['B', 'C', 'D']", "plug");
    state.flag("charging", {"Charging", "Lädt"}, "value_json.state in ['C', 'D']", "battery_charging");
    state.number("power", {"Power", "Leistung"}, "power_w", kPower);
    state.per_phase("current", {"Current", "Strom"}, "current_a", kCurrent);
    state.per_phase("voltage", {"Voltage", "Spannung"}, "voltage_v", kVoltage);
    state.number("session_energy", {"Session energy", "Energie dieser Ladung"}, "session_energy_wh", kEnergy);
    state.number("session_duration", {"Session duration", "Dauer dieser Ladung"}, "session_duration_s",
                 kDuration);
    state.number("temperature", {"Temperature", "Temperatur"}, "temperature_c", kTemperature).category =
        "diagnostic";
    state.number("limit", {"Limit in the EVSE", "Grenze in der Ladestation"}, "target_current_a", kCurrent)
        .category = "diagnostic";
    Builder energy(device, names.energy(id).name, {while_service_lives(names, kOurName)});
    energy.number("energy", {"Energy", "Energie"}, "consumed_wh", kEnergy);
}

void add_decided(Builder& control, Language language) {
    control.number("target_current", {"Target current", "Sollstrom"}, "target_current_a", kCurrent);
    control.reason({"Why", "Warum"}, language);
    auto& from = control.text("charge_from", {"Plan: begins at the latest", "Plan: beginnt spätestens"},
                              member("charge_from"), "mdi:calendar-clock");
    from.device_class = "timestamp";
    from.field = "charge_from";
}

void add_switches(Builder& control, const topics::Names& names, const std::string& id) {
    const auto add = [&](const char* key, Text name, const std::string& field, const char* icon) {
        auto& flag = control.control(Platform::switch_, key, std::move(name),
                                     "{{ 'true' if value_json." + field + " else 'false' }}",
                                     names.evse_command(id, key));
        flag.icon = icon;
    };
    add("enabled", {"Enabled", "Eingeschaltet"}, "enabled", "mdi:power");
    add("pause", {"Pause", "Pause"}, "paused", "mdi:pause");
    add("grid_charging", {"Allow grid charging", "Laden aus dem Netz erlaubt"}, "grid_charging",
        "mdi:transmission-tower");
}

void add_numbers(Builder& control, const topics::Names& names, const site::Evse& evse,
                 const std::string& currency) {
    const auto command = [&](const char* name) { return names.evse_command(evse.id, name); };
    control
        .adjustable("max_current", {"Max. current", "Höchststrom"}, "{{ value_json.max_current_a }}",
                    {"A", 0, evse.max_current_a, 0.5}, command("max_current_a"))
        .device_class = "current";
    control
        .adjustable("min_current", {"Min. current", "Mindeststrom"}, "{{ value_json.min_current_a }}",
                    {"A", evse.min_current_a, evse.max_current_a, 0.5}, command("min_current_a"))
        .device_class = "current";
    control
        .adjustable("priority", {"Priority", "Vorrang"}, "{{ value_json.priority }}", {"", 1, 100, 1},
                    command("priority"))
        .icon = "mdi:sort-numeric-ascending";
    auto& energy = control.adjustable("target_energy", {"Charge so much more", "So viel noch laden"},
                                      "{{ ((value_json.target_energy_wh | default(0)) / 1000) | round(2) }}",
                                      {"kWh", 0, 200, 0.5}, command("target_energy_wh"));
    energy.command = "{{ (value | float * 1000) | round | int }}";
    energy.icon = "mdi:battery-plus-variant";
    control
        .adjustable("target_soc", {"Charge up to", "Laden bis"},
                    "{{ value_json.target_soc_pct | default(100) }}", {"%", 1, 100, 1},
                    command("target_soc_pct"))
        .icon = "mdi:battery-charging-80";
    control
        .adjustable("price_limit", {"Price limit", "Preisgrenze"},
                    "{{ value_json.price_limit_per_kwh | default(0) }}", {currency + "/kWh", -1, 2, 0.001},
                    command("price_limit_per_kwh"))
        .icon = "mdi:cash-clock";
}

void add_buttons(Builder& control, const topics::Names& names, const site::Evse& evse) {
    const auto add = [&](const char* name, Text text, const char* icon) -> Entity& {
        auto& button = control.button(name, std::move(text), names.evse_command(evse.id, name));
        button.icon = icon;
        button.category = "config";
        return button;
    };
    add("clear_fault", {"Clear fault", "Störung quittieren"}, "mdi:alert-remove-outline");
    auto& restart = add("restart_evse", {"Restart EVSE", "Ladestation neu starten"}, "");
    restart.device_class = "restart";
    if (evse.master) {
        add("restart_load_guard", {"Restart Load Guard", "Load Guard neu starten"}, "").device_class =
            "restart";
    }
    auto& clear =
        add("overrides", {"Clear overrides", "Übersteuerungen aufheben"}, "mdi:hand-back-right-off-outline");
    clear.key = "clear_overrides";
    clear.press = "default";
}

}  // namespace

Device evse_device(const site::Evse& evse, const topics::EvseInfo* info, const topics::Names& names,
                   const std::string& currency, Language language) {
    Device device{.id = evse.id, .name = evse.name.value_or(evse.id)};
    if (info != nullptr) {
        device.manufacturer = info->vendor.value_or("");
        device.model = info->model.value_or("");
        device.serial = info->serial.value_or("");
        device.version = info->firmware.value_or("");
    }
    add_measured(device, evse, names);
    Builder control(device, names.control_evse(evse.id).name, {while_service_lives(names, "controller")});
    add_decided(control, language);
    auto& mode = control.control(Platform::select, "mode", {"Mode", "Modus"}, "{{ value_json.mode }}",
                                 names.evse_command(evse.id, "mode"));
    mode.options = {"off", "now", "eco", "solar", "excess", "price", "plan"};
    mode.icon = "mdi:ev-station";
    if (!evse.night.empty()) {
        mode.options.insert(mode.options.begin() + 2, "night");
    }
    add_switches(control, names, evse.id);
    add_numbers(control, names, evse, currency);
    auto& departure = control.control(Platform::text, "departure", {"Departure", "Abfahrt"},
                                      "{{ as_timestamp(value_json.departure) | timestamp_custom('%H:%M') if "
                                      "value_json.departure is defined else '-' }}",
                                      names.evse_command(evse.id, "departure"));
    departure.icon = "mdi:clock-end";
    departure.pattern = "^(-|([01]?[0-9]|2[0-3]):[0-5][0-9])$";
    add_buttons(control, names, evse);
    return device;
}

}  // namespace sunherd::ha
