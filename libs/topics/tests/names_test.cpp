#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sunherd::topics;

namespace {

const Names names("sunherd", "home");

/// One topic of each kind, as the typed functions name it.
std::map<Kind, std::pair<std::string, bool>> one_of_each() {
    std::map<Kind, std::pair<std::string, bool>> topics;
    const auto add = [&topics](Kind kind, const auto& topic) { topics[kind] = {topic.name, topic.retained}; };
    add(Kind::grid, names.grid());
    add(Kind::pv, names.pv("dev"));
    add(Kind::battery, names.battery("dev"));
    add(Kind::meter, names.meter("dev"));
    add(Kind::evse_info, names.evse_info("dev"));
    add(Kind::evse_state, names.evse_state("dev"));
    add(Kind::evse_setpoint, names.evse_setpoint("dev"));
    add(Kind::evse_applied, names.evse_applied("dev"));
    add(Kind::control_site, names.control_site());
    add(Kind::control_evse, names.control_evse("dev"));
    add(Kind::control_overrides, names.control_overrides());
    add(Kind::energy, names.energy("dev"));
    add(Kind::service_status, names.service_status("dev"));
    add(Kind::session_current, names.session_current("dev"));
    add(Kind::session_last, names.session_last("dev"));
    add(Kind::tariff_now, names.tariff_now("dev"));
    add(Kind::tariff_forecast, names.tariff_forecast("dev"));
    add(Kind::vehicle_state, names.vehicle_state("dev"));
    add(Kind::event, names.event());
    add(Kind::site_command, names.site_command("mode"));
    add(Kind::evse_command, names.evse_command("dev", "mode"));
    add(Kind::command_result, names.command_result());
    add(Kind::action_request, names.action_request("dev"));
    add(Kind::action_applied, names.action_applied("dev"));
    add(Kind::simulator_fault, names.simulator_fault());
    add(Kind::simulator_state, names.simulator_state());
    return topics;
}

}  // namespace

TEST_CASE("topics are named as the contract says") {
    CHECK(names.grid().name == "sunherd/home/building/grid");
    CHECK(names.battery("varta").name == "sunherd/home/building/battery/varta");
    CHECK(names.evse_setpoint("garage").name == "sunherd/home/evse/garage/setpoint");
    CHECK(names.evse_command("garage", "max_current_a").name == "sunherd/home/evse/garage/set/max_current_a");
    CHECK(names.site_command("ems_state").name == "sunherd/home/set/ems_state");
    CHECK(names.action_applied("loadguard").name == "sunherd/home/device/loadguard/action/applied");
    CHECK(names.service_status("evse-collector").name == "sunherd/home/service/evse-collector/status");
    CHECK(names.all() == "sunherd/home/#");
}

TEST_CASE("a prefix may have several levels") {
    const Names deep("energy/eu", "home");
    CHECK(deep.parse("energy/eu/home/building/grid")->kind == Kind::grid);
    CHECK_FALSE(deep.parse("energy/home/building/grid"));
}

TEST_CASE("every kind's topic is recognised again, with its parts and its retained flag") {
    const auto topics = one_of_each();
    REQUIRE(topics.size() == all_kinds().size());
    for (const Kind kind : all_kinds()) {
        const auto& [name, retained] = topics.at(kind);
        CAPTURE(name);
        const auto parsed = names.parse(name);
        REQUIRE(parsed);
        CHECK(parsed->kind == kind);
        CHECK(parsed->id == (pattern(kind).find("{id}") != std::string_view::npos ? "dev" : ""));
        CHECK(parsed->name == (pattern(kind).find("{name}") != std::string_view::npos ? "mode" : ""));
        CHECK(retained == is_retained(kind));
    }
}

TEST_CASE("what asks for something is never retained, what is known of a thing always") {
    for (const Kind kind : {Kind::evse_setpoint, Kind::site_command, Kind::evse_command, Kind::command_result,
                            Kind::event, Kind::action_request, Kind::action_applied, Kind::simulator_fault}) {
        CHECK_FALSE(is_retained(kind));
    }
    for (const Kind kind :
         {Kind::grid, Kind::pv, Kind::battery, Kind::meter, Kind::evse_info, Kind::evse_state,
          Kind::evse_applied, Kind::control_site, Kind::control_evse, Kind::control_overrides, Kind::energy,
          Kind::service_status, Kind::session_current, Kind::session_last, Kind::tariff_now,
          Kind::vehicle_state, Kind::simulator_state}) {
        CHECK(is_retained(kind));
    }
}

TEST_CASE("filters have a wildcard for each variable") {
    CHECK(names.filter(Kind::grid) == "sunherd/home/building/grid");
    CHECK(names.filter(Kind::evse_state) == "sunherd/home/evse/+/state");
    CHECK(names.filter(Kind::evse_command) == "sunherd/home/evse/+/set/+");
    CHECK(names.filter(Kind::site_command) == "sunherd/home/set/+");
}

TEST_CASE("topics that are none of ours are nobody's") {
    const std::string long_id(65, 'x');
    for (const std::string& topic : std::vector<std::string>{"",
                                                             "sunherd",
                                                             "sunherd/home",
                                                             "sunherd/home/",
                                                             "sunherd/house/building/grid",
                                                             "building/grid",
                                                             "sunherd/home/building",
                                                             "sunherd/home/building/grid/",
                                                             "sunherd/home/building/grid/x",
                                                             "sunherd/home//building/grid",
                                                             "sunherd/home/building/pv",
                                                             "sunherd/home/building/pv/",
                                                             "sunherd/home/evse//state",
                                                             "sunherd/home/evse/a b/state",
                                                             "sunherd/home/evse/+/state",
                                                             "sunherd/home/evse/\xc3\xa4/state",
                                                             "sunherd/home/evse/a/set",
                                                             "sunherd/home/evse/a/set/",
                                                             "sunherd/home/evse/a/set/mode/now",
                                                             "sunherd/home/set/",
                                                             "sunherd/home/evse/" + long_id + "/state",
                                                             "sunherd/home/device/x/action/applied/",
                                                             std::string("sunherd/home/event\0", 19)}) {
        CAPTURE(topic);
        CHECK_FALSE(names.parse(topic));
    }
    CHECK(names.parse("sunherd/home/evse/" + long_id.substr(1) + "/state"));
}

TEST_CASE("people see topics without the root") {
    CHECK(names.relative("sunherd/home/evse/garage/set/mode") == "evse/garage/set/mode");
    CHECK(names.relative("other/topic") == "other/topic");
}

TEST_CASE("only the two kinds of commands, and those of sessions, share a schema") {
    std::set<std::string_view> schemas;
    for (const Kind kind : all_kinds()) {
        schemas.insert(schema_name(kind));
    }
    CHECK(schemas.size() == all_kinds().size() - 2);  // two topics each have commands and sessions
    CHECK(schema_name(Kind::site_command) == schema_name(Kind::evse_command));
    CHECK(schema_name(Kind::session_current) == schema_name(Kind::session_last));
}
