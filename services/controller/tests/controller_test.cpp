#include "controller_house.hpp"

#include <fstream>

using namespace sunherd;
using namespace sunherd::controller::testing_house;

TEST_CASE("a car gets its setpoint, and everybody why") {
    House house;
    house.run(10);
    const auto setpoint = house.setpoint();
    CHECK(setpoint.current_a == 16);
    CHECK(setpoint.fallback_current_a == 6);
    CHECK(setpoint.ttl_ms == 10000);
    CHECK(setpoint.epoch > 0);
    const auto control = house.control();
    CHECK(control.reason.code == "max_current");
    CHECK(control.mode == ChargeMode::now);
    const auto site = house.context.last(house.names().control_site());
    CHECK(site.ems_state == EmsState::ok);
    CHECK(site.house_w == Approx(1380));
    CHECK(site.fuse_a == 25);
    house.check_contract();
}

TEST_CASE("a rise of the house is in the setpoint that the same grid reading causes") {
    House house;
    house.run(10);
    house.context.forget();
    house.house_a = 15;
    house.grid();
    CHECK(house.setpoint().current_a == 10);
    CHECK(house.setpoint().sample_time == house.context.virtual_clock.utc());
    CHECK(house.control().reason.code == "main_fuse");
    CHECK(house.control().reason.phase == "L1");
    CHECK(house.control().reason.circuit == "main");
}

TEST_CASE("a setpoint is repeated three times within its lease") {
    House house;
    house.run(10);
    house.context.forget();
    house.run(60);
    const auto setpoints = house.context.all(house.names().evse_setpoint("garage"));
    CHECK(setpoints.size() >= 15);
    CHECK(setpoints.size() <= 20);
    const auto said = house.context.all(house.names().control_evse("garage"));
    CHECK(said.size() >= 6);
    CHECK(said.size() <= 7);
}

TEST_CASE("nothing is told before a fresh grid reading; a retained one is not fresh") {
    House house;
    topics::GridReading old;
    old.source = "meter";
    old.current_a.phase = {0, 0, 0};
    house.context.deliver(house.names().grid(), old, true);
    house.meter_works = false;
    house.run(30);
    CHECK(house.context.all(house.names().evse_setpoint("garage")).empty());
    const auto site = house.context.last(house.names().control_site());
    CHECK(site.ems_state == EmsState::fault);
    CHECK(site.reason.code == "grid_stale");
    house.check_contract();
}

TEST_CASE("without grid readings the fallback is told, explicitly and again and again") {
    House house;
    house.run(10);
    REQUIRE(house.setpoint().current_a == 16);
    house.meter_works = false;
    house.context.forget();
    house.run(20);
    CHECK(house.setpoint().current_a == 6);
    CHECK_FALSE(house.setpoint().sample_time);
    CHECK(house.context.has_event("grid_lost"));
    CHECK(house.context.all(house.names().evse_setpoint("garage")).size() >= 5);
    house.meter_works = true;
    house.run(10);
    CHECK(house.setpoint().current_a == 16);
    CHECK(house.context.has_event("grid_known"));
    house.check_contract();
}

TEST_CASE("who stood still does not act on what it knew before") {
    House house;
    house.run(10);
    house.context.virtual_clock.pass(60s);  // without the loop turning
    house.context.forget();
    house.grid();
    CHECK(house.setpoint().current_a == 6);
}

TEST_CASE("a plugged car charges with the next state, without waiting for the grid meter") {
    House house;
    house.state = Iec61851::A;
    house.run(10);
    CHECK(house.setpoint().current_a == 0);
    CHECK(house.control().reason.code == "no_vehicle");
    house.state = Iec61851::B;
    house.evse("garage");
    CHECK(house.setpoint().current_a == 16);
}

TEST_CASE("damaged overrides are set aside, and the site file holds") {
    const testing::TemporaryDirectory directory;
    testing::write_file(directory.path() / "overrides.json", "{");
    service::VirtualContext context(home(), directory.path());
    const controller::Controller controller(context);
    CHECK(context.has_event("overrides_damaged"));
    CHECK(std::filesystem::exists(directory.path() / "overrides.json.bad"));
}

TEST_CASE("an EVSE that is found later is controlled where the site file says so, and only there") {
    auto site = home();
    topics::EvseInfo info;
    info.profile = "etrel-inch";
    info.max_current_a = 32;
    SECTION("adopted") {
        site.discovery = site::Discovery{};
        site.discovery->adopt = site::Discovery::Adopt::automatic;
        site.discovery->circuit = "left";
        House house(site);
        house.context.deliver(house.names().evse_info("new"), info, true);
        CHECK(house.context.has_event("evse_adopted"));
        house.run(1);
        const auto control = house.context.last(house.names().control_evse("new"));
        CHECK(control.mode == ChargeMode::solar);
        CHECK(control.max_current_a == 16);
        house.command("evse/new/set/mode", "now");
        CHECK(house.result().accepted);
    }
    SECTION("announced only") {
        House house(site);
        house.context.deliver(house.names().evse_info("new"), info, true);
        house.run(1);
        CHECK(house.context.all(house.names().control_evse("new")).empty());
    }
}

TEST_CASE("a controller that lost its state reigns above its last epoch, and says when another one does") {
    House house;
    topics::EvseApplied applied;
    applied.epoch = 1'900'000'000;
    house.context.deliver(house.names().evse_applied("garage"), applied, true);
    house.run(3);
    CHECK(house.setpoint().epoch == 1'900'000'001);
    house.run(10);
    applied.epoch = 2'000'000'000;
    house.context.deliver(house.names().evse_applied("garage"), applied);
    CHECK(house.context.has_event("second_controller"));
    house.run(5);
    CHECK(house.setpoint().epoch == 1'900'000'001);
}

TEST_CASE("night charging follows the windows of local time") {
    auto site = home();
    site.evses[0].mode = ChargeMode::night;
    site.evses[0].night.push_back({.weekdays = {}, .from = 22h, .to = 6h, .max_current_a = 8});
    House house(site);
    house.run(10);
    CHECK(house.control().reason.code == "night_closed");
    house.context.virtual_clock.set_utc(*topics::parse_rfc3339("2026-06-21T19:59:58Z"));
    house.run(1);
    CHECK(house.setpoint().current_a == 0);
    house.run(2);
    CHECK(house.setpoint().current_a == 8);
}

TEST_CASE("an EVSE that does not listen while a fuse is overloaded is cut off, once a minute") {
    House house;
    house.run(10);
    REQUIRE(house.setpoint().current_a == 16);
    house.context.forget();
    const auto deaf = [&](int seconds) {
        for (int i = 0; i < seconds; ++i) {
            house.context.pass(1s);
            house.drawn_a["garage"] = 16;
            house.evse("garage");
            house.grid();
        }
    };
    house.house_a = 14;
    deaf(30);
    CHECK(house.context.all(house.names().action_request("garage")).empty());
    deaf(60);
    const auto requests = house.context.all(house.names().action_request("garage"));
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].action == topics::Action::stop_charging);
    CHECK(house.setpoint().current_a == 0);
    deaf(60);
    CHECK(house.context.all(house.names().action_request("garage")).size() == 2);
    house.check_contract();
}
