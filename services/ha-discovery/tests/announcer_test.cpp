#include "announcer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sunherd::ha;
using nlohmann::json;

namespace {

const PayloadOptions kOptions{.site = "home"};

Device garage(const std::vector<std::string>& keys) {
    Device device{.id = "garage", .name = "Garage"};
    for (const auto& key : keys) {
        device.entities.push_back({.key = key, .name = {key, key}, .state_topic = "t"});
    }
    return device;
}

const std::string kTopic = "homeassistant/device/sunherd_home/garage/config";

}  // namespace

TEST_CASE("what is announced already is not published again, until somebody asks") {
    Announcer announcer(kOptions);
    const auto first = announcer.to_publish({garage({"power"})});
    REQUIRE(first.size() == 1);
    CHECK(first[0].first == kTopic);
    CHECK(announcer.to_publish({garage({"power"})}).empty());
    CHECK(announcer.again() == first);
    Announcer restarted(kOptions);
    restarted.found(first[0].first, first[0].second);
    CHECK(restarted.to_publish({garage({"power"})}).empty());
    CHECK(restarted.known() == std::set<std::pair<std::string, std::string>>{{"garage", "power"}});
}

TEST_CASE("a device that is gone is removed") {
    Announcer announcer(kOptions);
    announcer.found("homeassistant/device/sunherd_home/old/config", "{}");
    const auto publishes = announcer.to_publish({garage({"power"})});
    REQUIRE(publishes.size() == 2);
    CHECK(publishes[1] ==
          std::pair<std::string, std::string>{"homeassistant/device/sunherd_home/old/config", ""});
}

TEST_CASE("an entity that goes is emptied before the device goes without it") {
    Announcer announcer(kOptions);
    announcer.to_publish({garage({"power", "odd"})});
    const auto publishes = announcer.to_publish({garage({"power"})});
    REQUIRE(publishes.size() == 2);
    const auto emptied = json::parse(publishes[0].second).at("components");
    CHECK(emptied.at("odd") == json{{"platform", "sensor"}});
    CHECK(emptied.at("power").contains("unique_id"));
    CHECK_FALSE(json::parse(publishes[1].second).at("components").contains("odd"));
}

TEST_CASE("single entities migrate to a device and keep their history") {
    auto single = kOptions;
    single.single_components = true;
    Announcer before(single);
    const auto old = before.to_publish({garage({"power"})});
    REQUIRE(old.size() == 1);
    Announcer announcer(kOptions);
    announcer.found(old[0].first, old[0].second);
    CHECK(announcer.known() == std::set<std::pair<std::string, std::string>>{{"garage", "power"}});
    const auto publishes = announcer.to_publish({garage({"power"})});
    REQUIRE(publishes.size() == 3);
    CHECK(publishes[0] == std::pair<std::string, std::string>{old[0].first, R"({"migrate_discovery":true})"});
    CHECK(publishes[1].first == kTopic);
    CHECK(publishes[2] == std::pair<std::string, std::string>{old[0].first, ""});
}

TEST_CASE("nonsense that somebody put there is replaced, or removed, and harms nobody") {
    for (const auto* nonsense :
         {"{", "[]", "1", "{\"components\": 3}", "{\"device\": {\"identifiers\": [7]}}",
          "{\"components\": {\"a\": 1}, \"device\": {\"identifiers\": [\"sunherd_home_x\"]}}"}) {
        CAPTURE(nonsense);
        Announcer announcer(kOptions);
        announcer.found(kTopic, nonsense);
        announcer.found("homeassistant/sensor/sunherd_home/x/config", nonsense);
        CHECK(announcer.known().empty());
        CHECK(announcer.to_publish({garage({"power"})}).back().second.empty());
    }
}
