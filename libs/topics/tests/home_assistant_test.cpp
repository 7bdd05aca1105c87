#include "topics/home_assistant.hpp"

#include <catch2/catch.hpp>

using sunherd::topics::HomeAssistantNames;

TEST_CASE("topics of discovery are told from others, and whole devices from single entities") {
    const HomeAssistantNames names("homeassistant", "home");
    CHECK(names.status() == "homeassistant/status");
    CHECK(names.all_configs() == "homeassistant/+/sunherd_home/+/config");
    CHECK(names.device_config("garage") == "homeassistant/device/sunherd_home/garage/config");
    CHECK(names.entity_config("sensor", "garage", "power") ==
          "homeassistant/sensor/sunherd_home/garage_power/config");
    CHECK(names.is_device_config(names.device_config("garage")));
    CHECK(names.is_config(names.entity_config("sensor", "garage", "power")));
    CHECK_FALSE(names.is_device_config(names.entity_config("sensor", "garage", "power")));
    for (const auto* other :
         {"homeassistant/device/sunherd_other/garage/config", "homeassistant/device/sunherd_home/config",
          "homeassistant/device/x/sunherd_home/garage/config", "homeassistant/status",
          "homeassistant/device/sunherd_home/garage/config/x", "", "/config"}) {
        CAPTURE(other);
        CHECK_FALSE(names.is_config(other));
    }
}
