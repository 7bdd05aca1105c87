#include "controller_house.hpp"

using namespace sunherd;
using namespace sunherd::controller::testing_house;

TEST_CASE("a command changes what is decided, is answered, and survives a restart") {
    House house;
    house.run(10);
    house.command("evse/garage/set/max_current_a", R"({"value": 10, "id": "a1", "source": "phone"})");
    CHECK(house.result().accepted);
    CHECK(house.result().command == "evse/garage/set/max_current_a");
    CHECK(house.result().id == "a1");
    CHECK(house.setpoint().current_a == 10);
    CHECK(house.control().overridden_by == "max_current_a by phone");
    house.command("evse/garage/set/mode", "off");
    CHECK(house.setpoint().current_a == 0);
    CHECK(house.setpoint().fallback_current_a == 0);
    house.command("evse/garage/set/mode", "turbo");
    CHECK_FALSE(house.result().accepted);
    house.run(2);
    house.check_contract();

    const auto epoch = house.setpoint().epoch;
    service::VirtualContext again(home(), house.directory.path());
    controller::Controller restarted(again);
    topics::GridReading reading;
    reading.source = "meter";
    reading.current_a.phase = {2, 2, 2};
    again.deliver(again.names().grid(), reading);
    CHECK(again.last(again.names().control_evse("garage")).mode == ChargeMode::off);
    CHECK(again.last(again.names().control_evse("garage")).max_current_a == 10);
    CHECK(again.last(again.names().evse_setpoint("garage")).epoch > epoch);
}

TEST_CASE("an override ends by itself, a retained command is no command") {
    House house;
    house.run(10);
    house.command("evse/garage/set/pause", R"({"value": true, "until": "2026-06-21T10:01:00Z"})");
    CHECK(house.setpoint().current_a == 0);
    CHECK(house.control().reason.code == "paused");
    house.run(60);
    CHECK(house.setpoint().current_a == 16);
    house.command("evse/garage/set/mode", "off", true);
    CHECK_FALSE(house.result().accepted);
    CHECK(house.result().text.find("retained") != std::string::npos);
    CHECK(house.setpoint().current_a == 16);
}

TEST_CASE("what can't be read as a command is answered too, and counted") {
    House house;
    house.run(10);
    const std::vector<std::string> unreadable{R"({"value": "off", "value": "off"})",
                                              R"({"value": "off", "until": "tomorrow"})",
                                              std::string("\xff\0\x80", 3), ""};
    for (const auto& payload : unreadable) {
        house.command("evse/garage/set/mode", payload);
        CHECK_FALSE(house.result().accepted);
        CHECK(house.result().command == "evse/garage/set/mode");
    }
    CHECK(house.context.all(house.names().command_result()).size() == unreadable.size());
    CHECK(house.context.bad_messages == 4);
    CHECK(house.setpoint().current_a == 16);
    house.check_contract();
}

TEST_CASE("a limit of the grid holds like a fuse") {
    House house;
    house.run(10);
    house.command("set/grid_limit_a", "12");
    CHECK(house.setpoint().current_a == 10);
    CHECK(house.context.last(house.names().control_site()).fuse_a == 12);
    house.command("set/mode", "off");
    CHECK(house.setpoint().current_a == 0);
}

TEST_CASE("a flood from one source is refused and answered, and others are heard") {
    House house;
    house.run(10);
    house.context.forget();
    for (int i = 0; i < 5000; ++i) {
        house.command("evse/garage/set/max_current_a", std::to_string(6 + i % 10));
    }
    const auto results = house.context.all(house.names().command_result());
    CHECK(results.size() == 5000);
    const auto accepted =
        std::count_if(results.begin(), results.end(), [](const auto& each) { return each.accepted; });
    CHECK(accepted == 100);
    CHECK(results.back().text.find("too many commands") == 0);
    house.command("evse/garage/set/max_current_a", R"({"value": 7, "source": "phone"})");
    CHECK(house.result().accepted);
    CHECK(house.control().max_current_a == 7);
    CHECK(std::count_if(house.context.events.begin(), house.context.events.end(),
                        [](const auto& event) { return event.code == "too_many_commands"; }) == 1);
    house.run(5);
    house.command("evse/garage/set/max_current_a", "9");
    CHECK(house.control().max_current_a == 9);
}

TEST_CASE("a command with an id is carried out once, and answered each time") {
    House house;
    house.run(10);
    const auto ask = R"({"value": "press", "id": "7"})";
    house.command("evse/garage/set/restart_evse", ask);
    const auto first = house.result();
    house.command("evse/garage/set/restart_evse", ask);
    CHECK(first.accepted);
    CHECK(house.result().text == first.text);
    CHECK(house.result().id == "7");
    CHECK(house.context.all(house.names().action_request("garage")).size() == 1);
    house.check_contract();
}

TEST_CASE("what is in force is listed, with who set it, and can be cleared at once") {
    House house;
    house.run(10);
    const auto listed = [&] { return house.context.last(house.names().control_overrides()).overrides; };
    CHECK(listed().empty());
    house.context.deliver({.topic = "sunherd/home/evse/garage/set/mode",
                           .payload = "eco",
                           .received = house.context.virtual_clock.now(),
                           .source = "wall panel"});
    house.command("set/grid_limit_a", "20 A for 1 h");
    REQUIRE(listed().size() == 2);
    CHECK(listed()[0].setting == "grid_limit_a");
    CHECK_FALSE(listed()[0].evse);
    CHECK(listed()[0].until);
    CHECK(listed()[1].evse == "garage");
    CHECK(listed()[1].source == "wall panel");
    CHECK(house.control().overridden_by == "mode by wall panel");
    house.command("set/overrides", "default");
    CHECK(listed().empty());
    CHECK(house.control().mode == ChargeMode::now);
    house.check_contract();
}

TEST_CASE("add 10 kWh, then back to solar") {
    auto site = home();
    site.evses[0].mode = ChargeMode::solar;
    House house(site);
    house.run(10);
    CHECK(house.setpoint().current_a == 0);
    house.command("evse/garage/set/target_energy_wh", "1 kWh");
    CHECK(house.result().text == "target_energy_wh is 1000 Wh");
    CHECK(house.setpoint().current_a == 16);
    house.charges = true;
    house.run(300);  // 11 kW: 1 kWh takes 327 s
    CHECK(house.setpoint().current_a == 16);
    CHECK(house.control().target_energy_wh.value() < 150);
    CHECK(house.control().mode == ChargeMode::solar);
    house.run(60);
    CHECK_FALSE(house.control().target_energy_wh);
    CHECK(house.context.has_event("energy_charged"));
    house.run(300);
    CHECK(house.setpoint().current_a == 0);
    house.check_contract();
}

TEST_CASE("what was asked for this visit ends when the car leaves") {
    House house;
    house.run(10);
    house.command("evse/garage/set/target_energy_wh", "5000");
    house.command("evse/garage/set/departure", "14:00");
    CHECK(house.control().departure == topics::parse_rfc3339("2026-06-21T12:00:00Z"));
    CHECK(house.control().charge_from);
    house.state = Iec61851::A;
    house.run(1);
    CHECK_FALSE(house.control().target_energy_wh);
    CHECK_FALSE(house.control().departure);
}

TEST_CASE("standby rests all EVSEs and ends as they were") {
    House house;
    house.run(10);
    house.command("set/ems_state", "standby");
    CHECK(house.setpoint().current_a == 0);
    CHECK(house.control().reason.code == "standby");
    CHECK(house.context.last(house.names().control_site()).standby);
    house.command("set/ems_state", "auto");
    house.run(2);
    CHECK(house.setpoint().current_a == 16);
    CHECK_FALSE(house.context.last(house.names().control_site()).standby);
}

TEST_CASE("a price limit charges while the price is below it, and not without a price") {
    auto site = home();
    site.evses[0].mode = ChargeMode::price;
    House house(site);
    house.run(10);
    house.command("evse/garage/set/price_limit_per_kwh", "0.2");
    CHECK(house.control().reason.code == "plan_missing");
    topics::TariffNow tariff;
    tariff.currency = "EUR";
    tariff.price_per_kwh = 0.19;
    tariff.valid_from = house.context.virtual_clock.utc() - 1min;
    tariff.valid_until = house.context.virtual_clock.utc() + 1min;
    house.context.deliver(house.names().tariff_now("spot"), tariff);
    house.run(2);
    CHECK(house.setpoint().current_a == 16);
    house.run(70);
    CHECK(house.setpoint().current_a == 0);
}

TEST_CASE("a car that tells its charge is charged no further than asked for") {
    House house;
    house.run(10);
    topics::VehicleState car;
    car.evse = "garage";
    car.soc_pct = 79;
    house.context.deliver(house.names().vehicle_state("car"), car);
    house.command("evse/garage/set/target_soc_pct", "80");
    house.run(1);
    CHECK(house.setpoint().current_a == 16);
    car.soc_pct = 80;
    house.context.deliver(house.names().vehicle_state("car"), car);
    house.run(1);
    CHECK(house.setpoint().current_a == 0);
    CHECK(house.control().reason.code == "target_reached");
    house.check_contract();
}

TEST_CASE("after a second controller was stopped, a person gives the site back to this one") {
    House house;
    house.run(20);
    topics::EvseApplied applied;
    applied.epoch = 2'000'000'000;
    house.context.deliver(house.names().evse_applied("garage"), applied);
    CHECK(house.context.has_event("second_controller"));
    house.command("set/clear_fault", "PRESS");
    CHECK(house.result().accepted);
    CHECK(house.setpoint().epoch > 2'000'000'000);
}

TEST_CASE("what was commanded just before the end is known after it") {
    House house;
    house.run(10);
    house.command("evse/garage/set/mode", "off");
    house.controller->stopping();
    service::VirtualContext again(home(), house.directory.path());
    const controller::Controller restarted(again);
    CHECK(again.last(again.names().control_overrides()).overrides.size() == 1);
}
