#include "devices/device.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <string>

using namespace sunherd;

/// What the site file accepts and what the code can read are two lists: here they are held together.
TEST_CASE("the site file's profiles are those that the code has") {
    std::ifstream file(SUNHERD_SOURCE_DIR "/libs/site/site.schema.json");
    const auto schema = nlohmann::json::parse(file);
    const auto enum_of = [&](const std::string& list) {
        const auto& words =
            schema.at("properties").at(list).at("items").at("properties").at("profile").at("enum");
        return std::set<std::string>(words.begin(), words.end());
    };
    std::set<std::string> devices;
    std::set<std::string> evses;
    for (const auto& profile : devices::profiles()) {
        (profile.device_class == devices::Class::evse ? evses : devices).emplace(profile.name);
    }
    CHECK(enum_of("evses") == evses);
    // Parts of an EVSE with `master: true`; nobody writes them down as devices of their own.
    CHECK(devices.erase("etrel-load-guard") + devices.erase("etrel-cluster") == 2);
    CHECK(enum_of("devices") == devices);
}
