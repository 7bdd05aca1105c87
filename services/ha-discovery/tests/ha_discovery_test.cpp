#include "ha_discovery.hpp"

#include "service/virtual_context.hpp"
#include "support/broker.hpp"
#include "support/contract_check.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <optional>

using namespace sunherd;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

site::Site home() {
    site::Site site;
    site.id = "home";
    site.grid.main_fuse_a = 25;
    site::Evse garage;
    garage.id = "garage";
    garage.master = true;
    site.evses.push_back(garage);
    return site;
}

struct Rig {
    testing::TemporaryDirectory directory;
    service::VirtualContext context{home(), directory.path()};
    ha::HaDiscovery discovery{context};

    Rig() { context.on_connected(false); }
    std::optional<json> config(const std::string& device) const {
        std::optional<json> last;
        for (const auto& each : context.published) {
            if (each.topic == "homeassistant/device/sunherd_home/" + device + "/config") {
                CHECK(each.retained);
                last = each.payload.empty() ? json() : json::parse(each.payload);
            }
        }
        return last;
    }
    void evse(std::optional<double> power_w) {
        topics::EvseState state;
        state.power_w = power_w;
        context.deliver(context.names().evse_state("garage"), state);
    }
};

}  // namespace

TEST_CASE("after what is retained has come, everything is announced once") {
    Rig rig;
    rig.evse(100);
    CHECK_FALSE(rig.config("garage"));
    rig.context.pass(2s);
    REQUIRE(rig.config("garage"));
    CHECK(rig.config("garage")->at("components").contains("power"));
    CHECK_FALSE(rig.config("garage")->at("components").contains("temperature"));
    CHECK(rig.config("site"));
    rig.context.forget();
    for (int i = 0; i < 60; ++i) {
        rig.evse(i);
        rig.context.pass(1s);
    }
    CHECK_FALSE(rig.config("site"));
}

TEST_CASE("energy is counted, announced, and goes on after a restart") {
    double before_wh = 0;
    topics::EnergyTotals last;
    {
        Rig rig;
        for (int i = 0; i < 30; ++i) {
            rig.evse(7200);
            rig.context.pass(1s);
        }
        last = rig.context.last(rig.context.names().energy("garage"));
        before_wh = last.consumed_wh.value();
        CHECK(before_wh > 30);
        rig.context.deliver(rig.context.names().energy("garage"), last);
        rig.context.pass(2s);
        CHECK(rig.config("garage")->at("components").contains("energy"));
        for (const auto& each : rig.context.published) {
            if (each.topic.starts_with("sunherd/")) {
                CHECK(testing::check_message(rig.context.names(), each.topic, each.payload, each.retained));
            }
        }
    }
    Rig again;
    again.context.deliver(again.context.names().energy("garage"), last, true);
    for (int i = 0; i < 30; ++i) {
        again.evse(7200);
        again.context.pass(1s);
    }
    CHECK(again.context.last(again.context.names().energy("garage")).consumed_wh.value() > before_wh + 30);
}

TEST_CASE("when Home Assistant has started all is announced again, a little later, whoever else starts") {
    Rig rig;
    rig.context.pass(2s);
    rig.context.forget();
    rig.context.deliver("homeassistant/status", "offline");
    rig.context.deliver("homeassistant/status", "online", true);
    rig.context.pass(6s);
    CHECK_FALSE(rig.config("site"));
    rig.context.deliver("homeassistant/status", "online");
    CHECK_FALSE(rig.config("site"));
    rig.context.pass(5s);
    CHECK(rig.config("site"));
}

TEST_CASE("what a former configuration announced is removed") {
    Rig rig;
    rig.context.deliver("homeassistant/device/sunherd_home/gone/config", "{}", true);
    rig.context.pass(2s);
    CHECK(rig.config("gone") == json());
    rig.context.deliver("homeassistant/device/sunherd_home/late/config", "{}", true);
    rig.context.pass(2s);
    CHECK(rig.config("late") == json());
}

TEST_CASE("tariffs and vehicles are announced as they are heard, but not without end") {
    Rig rig;
    topics::TariffNow tariff;
    tariff.currency = "EUR";
    tariff.price_per_kwh = 0.3;
    rig.context.deliver(rig.context.names().tariff_now("spot"), tariff);
    for (int i = 0; i < 100; ++i) {
        topics::VehicleState state;
        state.soc_pct = 50;
        rig.context.deliver(rig.context.names().vehicle_state("car" + std::to_string(i)), state);
    }
    rig.context.pass(2s);
    CHECK(rig.config("tariff-spot")->at("components").at("price").at("unit_of_measurement") == "EUR/kWh");
    CHECK(std::ranges::count_if(rig.context.published, [](const auto& each) {
              return each.topic.find("/vehicle-") != std::string::npos;
          }) == ha::HaDiscovery::kMostFeeds);
}
