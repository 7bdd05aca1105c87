#include "builder.hpp"
#include "catalogue.hpp"

namespace sunherd::ha {
namespace {

void add_pv(Device& device, Builder& reading, Builder& energy) {
    device.model = "PV";
    reading.number("power", {"Power", "Leistung"}, "power_w", kPower);
    reading.per_phase("current", {"Current", "Strom"}, "current_a", kCurrent);
    reading.text("state", {"State", "Zustand"}, member("state"), "mdi:solar-power").field = "state";
    energy.number("energy", {"Energy", "Energie"}, "produced_wh", kEnergy);
}

void add_battery(Device& device, Builder& reading, Builder& energy) {
    device.model = "Battery";
    reading.number("power", {"Power", "Leistung"}, "power_w", kPower);
    reading.number("soc", {"Charge", "Ladestand"}, "soc_pct", kCharge);
    reading.number("capacity", {"Capacity", "Kapazität"}, "capacity_wh", kStoredEnergy).category =
        "diagnostic";
    reading.text("state", {"State", "Zustand"}, member("state"), "mdi:home-battery").field = "state";
    energy.number("charged", {"Charged", "Geladen"}, "charged_wh", kEnergy);
    energy.number("discharged", {"Discharged", "Entladen"}, "discharged_wh", kEnergy);
}

void add_meter(Device& device, Builder& reading, Builder& energy) {
    device.model = "Meter";
    reading.number("power", {"Power", "Leistung"}, "power_w", kPower);
    reading.per_phase("current", {"Current", "Strom"}, "current_a", kCurrent);
    reading.per_phase("voltage", {"Voltage", "Spannung"}, "voltage_v", kVoltage);
    energy.number("import", {"Consumed", "Verbraucht"}, "imported_wh", kEnergy);
    energy.number("export", {"Returned", "Zurückgegeben"}, "exported_wh", kEnergy);
}

std::string topic_of(const site::Device& device, const topics::Names& names) {
    switch (device.role) {
        case site::Role::pv:
            return names.pv(device.id).name;
        case site::Role::battery:
            return names.battery(device.id).name;
        case site::Role::grid:
            return names.grid().name;
        case site::Role::meter:
            break;
    }
    return names.meter(device.id).name;
}

}  // namespace

Device building_device(const site::Device& device, const topics::Names& names) {
    Device made{.id = device.id, .name = device.name.value_or(device.id)};
    Builder reading(made, topic_of(device, names),
                    {while_it_answers(names, "building-collector", device.id)});
    reading.expire_with(device.poll);
    Builder energy(made, names.energy(device.id).name, {while_service_lives(names, kOurName)});
    switch (device.role) {
        case site::Role::pv:
            add_pv(made, reading, energy);
            break;
        case site::Role::battery:
            add_battery(made, reading, energy);
            break;
        case site::Role::meter:
        case site::Role::grid:
            add_meter(made, reading, energy);
            break;
    }
    return made;
}

Device tariff_device(const std::string& id, const topics::TariffNow& tariff, const topics::Names& names) {
    Device device{.id = "tariff-" + id, .name = id, .model = "Tariff"};
    Builder now(device, names.tariff_now(id).name, {});
    const std::string unit = tariff.currency + "/kWh";
    const Quantity price{unit.c_str(), "", "measurement", 4};
    now.number("price", {"Price", "Preis"}, "price_per_kwh", price).icon = "mdi:cash";
    now.number("energy_price", {"Energy price", "Arbeitspreis ohne Abgaben"}, "energy_price_per_kwh", price)
        .icon = "mdi:cash";
    now.number("feed_in", {"Feed-in", "Einspeisung"}, "feed_in_per_kwh", price).icon = "mdi:cash-plus";
    now.number("hour_average", {"Average of this hour", "Mittel dieser Stunde"}, "hour_avg_per_kwh", price)
        .icon = "mdi:cash";
    auto& until =
        now.text("valid_until", {"Valid until", "Gilt bis"}, member("valid_until"), "mdi:clock-outline");
    until.device_class = "timestamp";
    until.field = "valid_until";
    return device;
}

Device vehicle_device(const std::string& id, const topics::VehicleState& vehicle,
                      const topics::Names& names) {
    Device device{.id = "vehicle-" + id, .name = vehicle.name.value_or(id), .model = "Vehicle"};
    Builder state(device, names.vehicle_state(id).name, {});
    state.number("soc", {"Charge", "Ladestand"}, "soc_pct", kCharge);
    state.number("target_soc", {"Target of the car", "Ziel des Fahrzeugs"}, "target_soc_pct", kCharge);
    state.number("range", {"Range", "Reichweite"}, "range_km", kDistance);
    state.number("odometer", {"Odometer", "Kilometerstand"}, "odometer_km", kDistance).state_class =
        "total_increasing";
    state.flag("plugged", {"Plugged in", "Angesteckt"}, "value_json.plugged | default(false)", "plug").field =
        "plugged";
    state.flag("charging", {"Charging", "Lädt"}, "value_json.charging | default(false)", "battery_charging")
        .field = "charging";
    return device;
}

Device service_device(const std::string& service, const std::string& version, const topics::Names& names) {
    Device device{.id = "service-" + service, .name = service, .manufacturer = "Sunherd", .model = "Service"};
    device.version = version;
    // Always available: that it is not there is what it has to say.
    Builder always(device, names.service_status(service).name, {});
    always.flag("running", {"Running", "Läuft"}, "value_json.status == 'online'", "running").category =
        "diagnostic";
    Builder status(device, names.service_status(service).name, {while_service_lives(names, service)});
    status
        .flag("problem", {"Device trouble", "Gerätestörung"},
              "(value_json.devices | default({})).values() | map(attribute='health') | reject('in', ['ok', "
              "'waiting']) | list",
              "problem")
        .category = "diagnostic";
    auto& bad = status.text("bad_messages", {"Bad messages", "Schlechte Nachrichten"},
                            "{{ (value_json.counters | default({})).bad_messages | default(0) }}",
                            "mdi:email-alert-outline");
    bad.state_class = "total_increasing";
    bad.category = "diagnostic";
    return device;
}

}  // namespace sunherd::ha
