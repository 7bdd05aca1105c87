#pragma once

#include "support/real_home_assistant.hpp"
#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace sunherd::testing {

/// Everything that the simulated house is expected to show, as `platform.site_device_key`.
inline std::vector<std::string> expected_entities() {
    std::vector<std::string> all;
    const auto add = [&all](const std::string& device, const std::string& platform, const std::string& keys) {
        std::istringstream words(keys);
        for (std::string key; words >> key;) {
            all.push_back(platform + ".home_" + device + '_' + key);
        }
    };
    add("site", "sensor",
        "grid_power grid_current_l1 grid_current_l2 grid_current_l3 grid_voltage_l1 grid_import grid_export "
        "surplus "
        "house_power pv_power battery_power evse_power ems_state reason overrides fuse");
    add("site", "select", "ems battery_mode");
    add("site", "number", "grid_limit max_import max_evse");
    add("site", "button", "clear_fault clear_overrides");
    for (const auto* evse : {"garage", "left", "right"}) {
        add(evse, "sensor",
            "state power current_l1 current_l2 current_l3 session_energy energy target_current reason limit");
        add(evse, "binary_sensor", "connected charging");
        add(evse, "select", "mode");
        add(evse, "switch", "enabled pause grid_charging");
        add(evse, "number", "max_current min_current priority target_energy target_soc price_limit");
        add(evse, "text", "departure");
        add(evse, "button", "clear_fault restart_evse clear_overrides");
        add("vehicle_" + std::string(evse) + "_car", "binary_sensor", "plugged");
    }
    add("garage", "button", "restart_load_guard");
    add("roof", "sensor", "power energy state");
    add("cellar", "sensor", "power soc charged discharged state");
    add("heatpump", "sensor", "power import export");
    add("tariff_spot", "sensor", "price valid_until");
    for (const auto* service : {"actuator", "building_collector", "controller", "evse_collector",
                                "ha_discovery", "influx_bridge", "site_simulator"}) {
        add("service_" + std::string(service), "binary_sensor", "running problem");
    }
    return all;
}

/// For the Energy dashboard: grid, sun, battery both ways, and each EVSE.
inline std::vector<std::string> expected_energies() {
    return {"sensor.home_site_grid_import", "sensor.home_site_grid_export",  "sensor.home_roof_energy",
            "sensor.home_cellar_charged",   "sensor.home_cellar_discharged", "sensor.home_garage_energy",
            "sensor.home_left_energy",      "sensor.home_right_energy"};
}

/// The simulated house with a price, and cars that want to charge.
struct AnnouncedHouse {
    RunningHouse house;

    explicit AnnouncedHouse(const std::string& home_assistant = "{}", std::vector<std::string> options = {})
        : house(
              [&] {
                  RealHomeAssistant::skip_without_tools();
                  HouseFile file;
                  file.more += "home_assistant: " + home_assistant + '\n';
                  return file;
              }(),
              std::move(options)) {
        price(0.30);
        house.fault("garage", "plug", 40);
        // Energies come last: they are announced when something was counted.
        for (const auto* id : {"garage", "roof", "cellar", "grid-connection", "heatpump"}) {
            house.recorder().await(house.names().energy(id).name, std::chrono::seconds(60));
        }
    }
    void price(double price_per_kwh) {
        topics::TariffNow tariff;
        tariff.time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        tariff.currency = "EUR";
        tariff.price_per_kwh = price_per_kwh;
        tariff.valid_from = tariff.time - std::chrono::hours(1);
        tariff.valid_until = tariff.time + std::chrono::hours(1);
        house.recorder().publish(house.names().tariff_now("spot"), tariff);
    }
    RealHomeAssistant::Options home_assistant() {
        return {.broker_port = house.broker().port(),
                .user = "home-assistant",
                .password = TestBroker::password_of("home-assistant")};
    }
};

inline void check_all_there(RealHomeAssistant& home_assistant) {
    CHECK(home_assistant.findings() == std::vector<std::string>{});
    std::set<std::string> seen;
    for (const auto& entity : home_assistant.report().at("entities")) {
        seen.insert(entity.at("entity_id").get<std::string>());
    }
    for (const auto& entity : expected_entities()) {
        INFO(entity);
        CHECK(seen.contains(entity));
        const bool stateless = entity.starts_with("button.");
        const auto state = home_assistant.state(entity).value_or("missing");
        CHECK(state != "unavailable");
        CHECK((stateless || state != "unknown"));
    }
    const auto ready = home_assistant.report().at("energy").at("ready").get<std::set<std::string>>();
    for (const auto& energy : expected_energies()) {
        INFO(energy);
        CHECK(ready.contains(energy));
    }
}

}  // namespace sunherd::testing
