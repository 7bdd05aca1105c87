#include "controller.hpp"

#include "service/virtual_context.hpp"
#include "support/broker.hpp"
#include "support/contract_check.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace sunherd;
using namespace std::chrono_literals;
using topics::ChargeMode;
using topics::EmsState;
using topics::Iec61851;

namespace {

site::Site home() {
    site::Site site;
    site.id = "home";
    site.time_zone = "Europe/Berlin";
    site.grid.main_fuse_a = 25;
    site.circuits.push_back({.id = "left", .parent = "garages", .fuse_a = 16, .meter = {}});
    site.circuits.push_back({.id = "garages", .parent = {}, .fuse_a = 20, .meter = {}});
    site::Evse garage;
    garage.id = "garage";
    garage.mode = ChargeMode::now;
    site.evses.push_back(garage);
    return site;
}

/// The controller of a house that answers: once a second a grid reading and the states of its EVSEs.
struct House {
    testing::TemporaryDirectory directory;
    service::VirtualContext context;
    std::optional<controller::Controller> controller;
    double house_a = 2;
    Iec61851 state = Iec61851::C;
    bool meter_works = true;
    std::map<std::string, double> drawn_a;

    explicit House(site::Site site = home()) : context(std::move(site), directory.path()) {
        controller.emplace(context);
    }

    const topics::Names& names() const { return context.names(); }

    void grid() {
        topics::GridReading reading;
        reading.source = "meter";
        double sum_a = house_a;
        for (const auto& [id, current_a] : drawn_a) {
            sum_a += current_a;
        }
        reading.current_a.phase = {sum_a, sum_a, sum_a};
        reading.voltage_v.phase = {230, 230, 230};
        reading.power_w = 3 * 230 * sum_a;
        context.deliver(names().grid(), reading);
    }
    void evse(const std::string& id) {
        topics::EvseState message;
        message.state = state;
        const double current_a = drawn_a[id];
        message.current_a.phase = {current_a, current_a, current_a};
        context.deliver(names().evse_state(id), message);
    }
    /// Cars draw what they are told.
    void run(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            context.pass(1s);
            for (const auto& each : context.site().evses) {
                evse(each.id);
            }
            if (meter_works) {
                grid();
            }
            for (const auto& each : context.site().evses) {
                drawn_a[each.id] = state == Iec61851::C ? target_a(each.id) : 0;
            }
        }
    }
    double target_a(const std::string& id) {
        const auto said = context.all(names().control_evse(id));
        return said.empty() ? drawn_a[id] : said.back().target_current_a;
    }
    void command(const std::string& topic, const std::string& payload, bool retained = false) {
        context.deliver("sunherd/home/" + topic, payload, retained);
    }
    topics::CommandResult result() { return context.last(names().command_result()); }
    topics::EvseSetpoint setpoint() { return context.last(names().evse_setpoint("garage")); }
    topics::ControlEvse control() { return context.last(names().control_evse("garage")); }

    void check_contract() {
        for (const auto& each : context.published) {
            const auto verdict = testing::check_message(names(), each.topic, each.payload, each.retained);
            INFO((verdict ? std::string() : verdict.error()));
            CHECK(verdict);
        }
    }
};

}  // namespace

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

TEST_CASE("a flood of commands is carried out as it can be, the newest of each topic last") {
    House house;
    house.run(10);
    house.context.forget();
    for (int i = 0; i < 5000; ++i) {
        house.command("evse/garage/set/max_current_a", std::to_string(6 + i % 10));
    }
    house.command("evse/garage/set/max_current_a", "7");
    CHECK(house.context.all(house.names().command_result()).size() <= 50);
    house.run(1);
    CHECK(house.control().max_current_a == 7);
    CHECK(house.context.all(house.names().command_result()).size() <= 52);
    CHECK(std::count_if(house.context.events.begin(), house.context.events.end(),
                        [](const auto& event) { return event.code == "too_many_commands"; }) == 1);
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
