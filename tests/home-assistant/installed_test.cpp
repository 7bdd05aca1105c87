#include "house_with_home_assistant.hpp"
#include "support/asking.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

namespace {

struct Rig {
    AnnouncedHouse one{"{}", {"--restart-s", "2"}};
    RealHomeAssistant home_assistant{one.home_assistant()};
    std::vector<double> answers_ms;

    /// Changes a control as people do, and waits for Home Assistant to show it; notes how long that took.
    void change(const std::string& entity, const std::string& service, const std::string& key,
                const nlohmann::json& value, const std::string& shown) {
        INFO(entity << ' ' << service);
        nlohmann::json data{{"entity_id", entity}};
        if (!key.empty()) {
            data[key] = value;
        }
        const auto begin = std::chrono::steady_clock::now();
        home_assistant.call(entity.substr(0, entity.find('.')), service, data);
        CHECK(home_assistant.await_state(entity, shown));
        answers_ms.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    void set(const std::string& number, double value, const std::string& shown) {
        change("number.home_" + number, "set_value", "value", value, shown);
    }
    void turn(const std::string& control, bool on) {
        change("switch.home_" + control, on ? "turn_on" : "turn_off", "", {}, on ? "on" : "off");
    }
    void choose(const std::string& control, const std::string& option) {
        change("select.home_" + control, "select_option", "option", option, option);
    }
    void press(const std::string& button) {
        home_assistant.call("button", "press", {{"entity_id", "button.home_" + button}});
    }
    /// What the wall box was told.
    void await_told(double least_a, double most_a) {
        one.house.await_truth([=](const auto& truth) {
            const auto told_a = truth.evses.at("garage").told_a;
            return told_a >= least_a && told_a <= most_a;
        });
    }
    topics::ActionApplied await_action(topics::Action action) {
        return one.house.recorder().await<topics::ActionApplied>(
            one.house.names().action_applied("garage"),
            [action](const auto& applied) { return applied.action == action && applied.done; });
    }
};

}  // namespace

TEST_CASE("every control in Home Assistant reaches the wall box, and what it became comes back") {
    Rig rig;
    check_all_there(rig.home_assistant);
    rig.choose("garage_mode", "now");
    rig.await_told(16, 16);
    rig.set("garage_max_current", 10, "10.0");
    rig.await_told(10, 10);
    rig.set("garage_min_current", 8, "8.0");
    rig.set("garage_priority", 3, "3");
    rig.set("garage_priority", 1, "1");  // or it makes room for the others, once their cars are there
    rig.turn("garage_pause", true);
    rig.await_told(0, 0);
    rig.turn("garage_pause", false);
    rig.await_told(10, 10);
    rig.turn("garage_enabled", false);
    rig.await_told(0, 0);
    rig.turn("garage_enabled", true);
    rig.await_told(10, 10);
    rig.set("site_grid_limit", 9, "9.0");
    rig.await_told(0, 9);
    rig.set("site_grid_limit", 25, "25.0");
    rig.await_told(10, 10);
    rig.set("site_max_evse", 6000, "6000.0");
    rig.await_told(8, 8.8);
    rig.set("site_max_evse", 17000, "17000.0");
    rig.set("site_max_import", 0, "0.0");
    rig.set("site_max_import", 17000, "17000.0");
    rig.choose("site_ems", "standby");
    rig.await_told(0, 0);
    rig.choose("site_ems", "auto");
    rig.await_told(10, 10);
    for (const auto* mode : {"battery_first", "evse_first", "support", "auto"}) {
        rig.choose("site_battery_mode", mode);
    }
    rig.set("garage_target_soc", 1, "1.0");
    rig.await_told(0, 0);
    rig.set("garage_target_soc", 100, "100.0");
    rig.await_told(10, 10);
    rig.choose("garage_mode", "price");
    rig.set("garage_price_limit", 0.25, "0.25");
    rig.await_told(0, 0);
    rig.one.price(0.20);
    rig.await_told(10, 10);
    rig.choose("garage_mode", "off");
    rig.await_told(0, 0);
    rig.set("garage_target_energy", 20, "20.0");
    rig.await_told(10, 10);
    rig.change("text.home_garage_departure", "set_value", "value", "-", "-");
    rig.turn("garage_grid_charging", false);
    rig.turn("garage_grid_charging", true);
    rig.press("garage_restart_evse");
    rig.await_action(topics::Action::restart_evse);
    rig.press("site_clear_fault");
    rig.press("garage_clear_fault");
    rig.press("site_clear_overrides");
    CHECK(rig.home_assistant.await_state("sensor.home_site_overrides", "0"));
    CHECK(rig.home_assistant.await_state("number.home_garage_max_current", "16.0"));
    CHECK(rig.one.house.broken_promises() == std::vector<std::string>{});
    std::sort(rig.answers_ms.begin(), rig.answers_ms.end());
    std::printf("%zu changes came back to Home Assistant after %.0f ms (median), %.0f ms at most\n",
                rig.answers_ms.size(), rig.answers_ms[rig.answers_ms.size() / 2], rig.answers_ms.back());
}

TEST_CASE("what a service stands for is unavailable while it is away, and comes back with it") {
    Rig rig;
    const std::vector<std::pair<std::string, std::string>> cases{
        {"controller", "select.home_garage_mode"},
        {"evse-collector", "sensor.home_garage_power"},
        {"building-collector", "sensor.home_roof_power"},
        {"ha-discovery", "sensor.home_roof_energy"}};
    for (const auto& [service, entity] : cases) {
        INFO(service);
        auto running = "binary_sensor.home_service_" + service + "_running";
        std::ranges::replace(running, '-', '_');
        running.replace(0, 14, "binary_sensor.");
        CHECK(rig.home_assistant.state(entity) != "unavailable");
        rig.one.house.process(service).signal(SIGTERM);
        CHECK(rig.home_assistant.await_state(entity, "unavailable"));
        CHECK(rig.home_assistant.await_state(running, "off"));
        rig.one.house.start(service);
        CHECK(rig.home_assistant.await_state(running, "on"));
        CHECK(ask_until([&] { return rig.home_assistant.state(entity) != "unavailable"; }));
    }
    rig.one.house.process("controller").signal(SIGKILL);  // the last will says it
    CHECK(rig.home_assistant.await_state("select.home_garage_mode", "unavailable", 30s));
}
