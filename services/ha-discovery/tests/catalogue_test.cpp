#include "catalogue.hpp"

#include "payload.hpp"
#include "site/load.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>

/// What Home Assistant wants of a payload, as far as it can be told without one.
using namespace sunherd;
using namespace sunherd::ha;
using nlohmann::json;

namespace {

site::Site home() {
    site::Site site;
    site.id = "home";
    site.name = "Home";
    site.grid.main_fuse_a = 25;
    site::Evse garage;
    garage.id = "garage";
    garage.master = true;
    site.evses.push_back(garage);
    site::Evse left;
    left.id = "Left-2";
    left.night.push_back({});
    site.evses.push_back(left);
    for (const auto& [id, role] :
         {std::pair{"roof", site::Role::pv}, std::pair{"cellar", site::Role::battery},
          std::pair{"heatpump", site::Role::meter}}) {
        site::Device device;
        device.id = id;
        device.role = role;
        site.devices.push_back(device);
    }
    return site;
}

Heard everything() {
    Heard heard;
    heard.services = {{"controller", "0.1.0"}, {"actuator", "0.1.0"}};
    heard.tariffs["spot"].currency = "CHF";
    heard.vehicles["car"].name = "Our car";
    return heard;
}

const topics::Names kNames("sunherd", "home");

std::vector<Device> devices(const site::Site& site = home(), const Heard& heard = everything()) {
    return all_devices(site, kNames, heard, Language::en);
}

/// Every component of every device payload.
template <class F>
void each_component(const PayloadOptions& options, const F& f) {
    for (const auto& device : devices()) {
        for (const auto& [topic, payload] : announcements_of(device, options)) {
            const auto config = json::parse(payload);
            CAPTURE(topic);
            if (options.single_components) {
                f(topic, config, config);
                continue;
            }
            for (const auto& [key, component] : config.at("components").items()) {
                CAPTURE(key);
                f(topic, config, component);
            }
        }
    }
}

const PayloadOptions kOptions{.site = "home", .version = "0.1.0"};

const Entity& entity_of(const std::vector<Device>& all, const std::string& device, const std::string& key) {
    for (const auto& each : all) {
        for (const auto& entity : each.entities) {
            if (each.id == device && entity.key == key) {
                return entity;
            }
        }
    }
    throw std::runtime_error("no " + device + ' ' + key);
}

}  // namespace

TEST_CASE("device payloads have what Home Assistant insists on") {
    std::set<std::string> ids;
    std::set<std::string> entity_ids;
    each_component(kOptions, [&](const auto&, const json& config, const json& component) {
        CHECK(config.at("origin").at("name") == "Sunherd");
        CHECK(config.at("device").at("identifiers").size() == 1);
        for (const auto& [key, value] : config.items()) {
            CHECK(std::set<std::string>{"device", "origin", "components"}.contains(key));
        }
        CHECK(ids.insert(component.at("unique_id")).second);
        CHECK(component.contains("platform"));
        const auto entity_id = component.at("default_entity_id").get<std::string>();
        CHECK(std::regex_match(entity_id, std::regex("[a-z_]+\\.[a-z0-9_]+")));
        CHECK(entity_id == component.at("platform").get<std::string>() + '.' +
                               component.at("object_id").get<std::string>());
        CHECK(entity_ids.insert(entity_id).second);
        CHECK_FALSE(component.at("name").get<std::string>().empty());
    });
    CHECK(ids.size() > 100);
}

TEST_CASE("units, device classes and state classes fit each other") {
    const std::map<std::string, std::set<std::string>> units{
        {"power", {"W"}},    {"current", {"A"}},  {"voltage", {"V"}},          {"frequency", {"Hz"}},
        {"battery", {"%"}},  {"energy", {"kWh"}}, {"energy_storage", {"kWh"}}, {"temperature", {"°C"}},
        {"duration", {"s"}}, {"distance", {"km"}}};
    each_component(kOptions, [&](const auto&, const auto&, const json& component) {
        CAPTURE(component.dump());
        const auto device_class = component.value("device_class", "");
        const auto wanted = units.find(device_class);
        if (component.at("platform") == "sensor" || component.at("platform") == "number") {
            CHECK((wanted == units.end() ||
                   wanted->second.contains(component.value("unit_of_measurement", ""))));
        }
        if (device_class == "energy") {
            CHECK(component.at("state_class") == "total_increasing");
        }
        if (device_class == "enum") {
            CHECK_FALSE(component.at("options").empty());
            CHECK_FALSE(component.contains("state_class"));
        }
    });
}

TEST_CASE("what can be commanded is a command there is, and its state comes back") {
    each_component(kOptions, [](const auto&, const auto&, const json& component) {
        const auto platform = component.at("platform").get<std::string>();
        const bool is_control =
            std::set<std::string>{"select", "number", "switch", "button", "text"}.contains(platform);
        CHECK(component.contains("command_topic") == is_control);
        CHECK(component.contains("state_topic") == (platform != "button"));
        if (is_control) {
            const auto parsed = kNames.parse(component.at("command_topic").template get<std::string>());
            REQUIRE(parsed);
            CHECK((parsed->kind == topics::Kind::evse_command || parsed->kind == topics::Kind::site_command));
        }
        if (component.contains("state_topic")) {
            CHECK(kNames.parse(component.at("state_topic").template get<std::string>()));
        }
        if (platform == "number") {
            CHECK(component.at("min").template get<double>() < component.at("max").template get<double>());
        }
    });
}

TEST_CASE("everything but feeds of others and whether a service runs is available only with its service") {
    each_component(kOptions, [](const std::string& topic, const auto&, const json& component) {
        const auto id = component.at("unique_id").get<std::string>();
        const bool always = id.ends_with("_running") || topic.find("/tariff-") != std::string::npos ||
                            topic.find("/vehicle-") != std::string::npos;
        CHECK(component.contains("availability") != always);
    });
}

TEST_CASE("every entity has a name in both languages, and sentences are in that of people") {
    for (const auto& device : devices()) {
        for (const auto& entity : device.entities) {
            CAPTURE(device.id, entity.key);
            CHECK_FALSE(entity.name.en.empty());
            CHECK_FALSE(entity.name.de.empty());
        }
    }
    const auto german = all_devices(home(), kNames, everything(), Language::de);
    CHECK(entity_of(german, "garage", "reason").value.find("text_de") != std::string::npos);
    CHECK(entity_of(devices(), "garage", "reason").value.find("text_de") == std::string::npos);
}

TEST_CASE("what a device can't do is not offered") {
    const auto all = devices();
    const auto options = [&](const char* evse) { return entity_of(all, evse, "mode").options; };
    CHECK(std::ranges::count(options("garage"), "night") == 0);
    CHECK(std::ranges::count(options("Left-2"), "night") == 1);
    CHECK_NOTHROW(entity_of(all, "garage", "restart_load_guard"));
    CHECK_THROWS(entity_of(all, "Left-2", "restart_load_guard"));
    CHECK(entity_of(all, "garage", "price_limit").unit == "CHF/kWh");
    auto site = home();
    site.devices.erase(site.devices.begin() + 1);
    CHECK_THROWS(entity_of(devices(site), "site", "battery_mode"));
    CHECK_NOTHROW(entity_of(all, "site", "battery_mode"));
}

TEST_CASE("a value is announced once it was seen, and stays when it is absent for a while") {
    auto all = devices();
    auto& garage = all.at(1);
    const auto has = [&garage](const std::string& key) {
        return std::ranges::any_of(garage.entities, [&key](const auto& entity) { return entity.key == key; });
    };
    Heard heard;
    heard.fields[kNames.evse_state("garage").name] = {"power_w", "current_a", "current_a.L2"};
    keep_what_is_there(garage, heard, {{"garage", "temperature"}, {"left", "voltage_l1"}});
    CHECK(has("power"));
    CHECK(has("current_l2"));
    CHECK_FALSE(has("current_l1"));
    CHECK(has("temperature"));
    CHECK_FALSE(has("voltage_l1"));
    CHECK(has("mode"));
}

TEST_CASE("EVSEs that came online are announced where the site takes them over") {
    auto site = home();
    auto heard = everything();
    heard.infos["new"].adopted = true;
    const auto is_there = [&] {
        return std::ranges::any_of(devices(site, heard),
                                   [](const auto& device) { return device.id == "new"; });
    };
    CHECK_FALSE(is_there());
    site.discovery = site::Discovery{};
    site.discovery->adopt = site::Discovery::Adopt::automatic;
    CHECK(is_there());
    heard.infos["new"].adopted = false;
    CHECK_FALSE(is_there());
}

TEST_CASE("single components carry the same entities as device payloads") {
    std::map<std::string, json> whole;
    each_component(kOptions, [&](const auto&, const auto&, const json& component) {
        auto one = component;
        one.erase("platform");
        whole[component.at("unique_id")] = one;
    });
    auto single = kOptions;
    single.single_components = true;
    std::size_t count = 0;
    each_component(single, [&](const std::string& topic, const auto&, const json& component) {
        auto one = component;
        CHECK(one.erase("device") == 1);
        CHECK(one.erase("origin") == 1);
        CHECK(one == whole.at(component.at("unique_id")));
        CHECK(
            topic.starts_with("homeassistant/" +
                              component.at("default_entity_id")
                                  .get<std::string>()
                                  .substr(0, component.at("default_entity_id").get<std::string>().find('.')) +
                              "/sunherd_home/"));
        ++count;
    });
    CHECK(count == whole.size());
}

TEST_CASE("the example dashboard and blueprint name entities that the simulated house has") {
    const auto site = site::load(SUNHERD_SOURCE_DIR "/deploy/examples/demo.yaml");
    REQUIRE(site);
    std::set<std::string> there;
    for (const auto& device : devices(*site)) {
        for (const auto& [topic, payload] : announcements_of(device, kOptions)) {
            const auto config = json::parse(payload);
            for (const auto& component : config.at("components")) {
                there.insert(component.at("default_entity_id"));
            }
        }
    }
    int found = 0;
    for (const auto* file : {"deploy/home-assistant/dashboard.yaml",
                             "deploy/home-assistant/ask-when-plugged-in.yaml", "docs/home-assistant.md"}) {
        std::ifstream in(std::string(SUNHERD_SOURCE_DIR "/") + file);
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const std::regex name("[a-z_]+\\.home_[a-z0-9_]+");
        for (std::sregex_iterator each(text.begin(), text.end(), name); each != std::sregex_iterator();
             ++each, ++found) {
            INFO(file);
            CAPTURE(each->str());
            CHECK(there.contains(each->str()));
        }
    }
    CHECK(found > 25);
}
