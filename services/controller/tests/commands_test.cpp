#include "commands.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;

namespace {

const CommandLimits kLimits{.evses = {{"garage", 6, 16, true, true}, {"left", 6, 10}},
                            .main_fuse_a = 25,
                            .max_import_w = 1e7,
                            .time_zone = "Europe/Berlin"};
const auto kNow = *topics::parse_rfc3339("2026-06-21T12:00:00Z");

topics::Command command(topics::CommandValue value) {
    topics::Command made;
    made.value = std::move(value);
    return made;
}

/// Asks, and looks whether only an accepted command changed something.
Answer ask(Overrides& overrides, const std::string& evse, const std::string& setting,
           topics::CommandValue value) {
    const auto before = overrides;
    const auto answer = carry_out(evse, setting, command(std::move(value)), kNow, kLimits, overrides);
    CHECK((answer.accepted || overrides == before));
    return answer;
}
Answer ask(const std::string& evse, const std::string& setting, topics::CommandValue value) {
    Overrides overrides;
    return ask(overrides, evse, setting, std::move(value));
}

}  // namespace

TEST_CASE("modes are understood by our words and by those people know from elsewhere") {
    for (const auto* word : {"solar", "Solar", "pv", "solar_only"}) {
        Overrides overrides;
        const auto answer = ask(overrides, "garage", "mode", std::string(word));
        CHECK(answer.accepted);
        CHECK(answer.text == "mode is solar");
        CHECK(overrides.find("garage", "mode")->value == topics::CommandValue(std::string("solar")));
    }
    CHECK(ask("garage", "mode", std::string("fast")).text == "mode is now");
    CHECK(ask("garage", "mode", std::string("turbo")).text ==
          "mode: expected one of off now night eco solar excess plan price, got turbo");
    CHECK_FALSE(ask("garage", "mode", 1.0).accepted);
}

TEST_CASE("a mode for the site is for all its EVSEs, or for none") {
    Overrides overrides;
    CHECK(ask(overrides, "", "mode", std::string("now")).accepted);
    CHECK(overrides.find("garage", "mode"));
    CHECK(overrides.find("left", "mode"));
    CHECK(ask(overrides, "garage", "mode", std::string("night")).accepted);
    CHECK(ask("", "mode", std::string("night")).text == "mode: the site file has no night windows for left");
}

TEST_CASE("a current is taken within the EVSE's range, also as text, and 0 as pause") {
    Overrides overrides;
    CHECK(ask(overrides, "garage", "max_current_a", 10.5).text == "max_current_a is 10.5 A");
    CHECK(ask(overrides, "garage", "max_current_a", std::string("12")).accepted);
    CHECK(overrides.find("garage", "max_current_a")->value == topics::CommandValue(12.0));
    CHECK(ask("garage", "max_current_a", 0.0).accepted);
    for (const double wrong : {5.9, 16.1, -1.0, 1e9}) {
        CHECK_FALSE(ask("garage", "max_current_a", wrong).accepted);
    }
    CHECK(ask("left", "max_current_a", 12.0).text ==
          "max_current_a: expected 0 or a current from 6 A to 10 A, got 12");
    CHECK_FALSE(ask("garage", "max_current_a", true).accepted);
    CHECK(ask("garage", "max_current_a", std::string("12 A")).accepted);
    CHECK_FALSE(ask("garage", "max_current_a", std::string("12 kW")).accepted);
    CHECK(ask(overrides, "garage", "min_current_a", 8.0).accepted);
    CHECK_FALSE(ask(overrides, "garage", "min_current_a", 13.0).accepted);
}

TEST_CASE("pause takes what switches send") {
    for (const auto& yes :
         {topics::CommandValue(true), topics::CommandValue(std::string("ON")), topics::CommandValue(1.0)}) {
        Overrides overrides;
        CHECK(ask(overrides, "left", "pause", yes).accepted);
        CHECK(overrides.find("left", "pause")->value == topics::CommandValue(true));
    }
    CHECK(ask("left", "pause", std::string("off")).text == "pause is false");
    CHECK_FALSE(ask("left", "pause", std::string("maybe")).accepted);
}

TEST_CASE("priority is a whole number, a grid limit no more than the main fuse") {
    CHECK(ask("garage", "priority", 2.0).accepted);
    CHECK_FALSE(ask("garage", "priority", 1.5).accepted);
    CHECK_FALSE(ask("garage", "priority", 0.0).accepted);
    CHECK(ask("", "grid_limit_a", 16.0).accepted);
    CHECK(ask("", "max_evse_w", 4200.0).text == "max_evse_w is 4200 W");
    CHECK(ask("", "max_import_w", 0.0).accepted);
    CHECK_FALSE(ask("", "max_import_w", -1.0).accepted);
    CHECK_FALSE(ask("garage", "max_evse_w", 4200.0).accepted);
    CHECK(ask("garage", "plan_current_a", 8.0).accepted);
    CHECK(ask("garage", "plan_current_a", 0.0).accepted);
    CHECK_FALSE(ask("garage", "plan_current_a", 3.0).accepted);
    CHECK_FALSE(ask("", "grid_limit_a", 26.0).accepted);
    CHECK_FALSE(ask("garage", "grid_limit_a", 16.0).accepted);
}

TEST_CASE("`default` ends an override") {
    Overrides overrides;
    ask(overrides, "garage", "max_current_a", 10.0);
    ask(overrides, "", "mode", std::string("now"));
    CHECK(ask(overrides, "garage", "max_current_a", std::string("default")).accepted);
    CHECK(ask(overrides, "", "mode", std::string("default")).text == "mode is as in the site file");
    CHECK(overrides == Overrides{});
    CHECK_FALSE(ask("garage", "colour", std::string("default")).accepted);
}

TEST_CASE("what is unknown or over is refused with a reason") {
    CHECK(ask("nowhere", "mode", std::string("now")).text ==
          "mode: no EVSE nowhere is controlled here; there are garage left");
    CHECK(ask("garage", "colour", std::string("red")).text.find("there are mode") != std::string::npos);
    auto late = command(std::string("now"));
    late.until = kNow;
    Overrides overrides;
    CHECK(carry_out("garage", "mode", late, kNow, kLimits, overrides).text ==
          "mode: until is over: 2026-06-21T12:00:00.000Z");
    CHECK(overrides == Overrides{});
}

TEST_CASE("a bare value may carry its end, by the site's clocks") {
    Overrides overrides;
    CHECK(ask(overrides, "garage", "mode", std::string("now for 2 h")).text == "mode is now until 16:00");
    CHECK(overrides.find("garage", "mode")->until == topics::parse_rfc3339("2026-06-21T14:00:00Z"));
    CHECK(ask(overrides, "garage", "max_current_a", std::string("16 A until 22:00")).text ==
          "max_current_a is 16 A until 22:00");
    CHECK(overrides.find("garage", "max_current_a")->until == topics::parse_rfc3339("2026-06-21T20:00:00Z"));
    CHECK(ask("garage", "pause", std::string("true until 7:30")).text ==
          "pause is true until 2026-06-22 07:30");
    CHECK_FALSE(ask("garage", "mode", std::string("now until late")).accepted);
    CHECK_FALSE(ask("garage", "mode", std::string("now until 2026-06-21T11:59:59Z")).accepted);
    CHECK_FALSE(ask("garage", "mode", std::string("now for ever")).accepted);
    auto span = command(std::string("now"));
    span.for_s = 7200;
    CHECK(carry_out("garage", "mode", span, kNow, kLimits, overrides).text == "mode is now until 16:00");
    span.until = kNow + std::chrono::hours(1);
    CHECK_FALSE(carry_out("garage", "mode", span, kNow, kLimits, overrides).accepted);
    span.until.reset();
    for (const double wrong : {0.0, -1.0, 1e300}) {
        span.for_s = wrong;
        CHECK_FALSE(carry_out("garage", "mode", span, kNow, kLimits, overrides).accepted);
    }
}

TEST_CASE("a departure is the next time that clocks show it, and over by itself") {
    Overrides overrides;
    CHECK(ask(overrides, "garage", "departure", std::string("07:30")).text ==
          "departure is 2026-06-22 07:30");
    CHECK(overrides.find("garage", "departure")->until == topics::parse_rfc3339("2026-06-22T05:30:00Z"));
    CHECK(ask(overrides, "garage", "departure", std::string("-")).accepted);
    CHECK(overrides == Overrides{});
    CHECK_FALSE(ask("garage", "departure", std::string("2026-06-21T11:00:00Z")).accepted);
    CHECK_FALSE(ask("garage", "departure", std::string("24:00")).accepted);
}

TEST_CASE("buttons change nothing that stays, and only a master has a Load Guard") {
    Overrides overrides;
    const auto answer = ask(overrides, "garage", "restart_load_guard", std::string("PRESS"));
    CHECK(answer.accepted);
    REQUIRE(answer.pressed);
    CHECK(answer.pressed->name == "restart_load_guard");
    CHECK(overrides == Overrides{});
    CHECK(ask("left", "restart_load_guard", std::string("press")).text ==
          "restart_load_guard: left carries no Load Guard");
    CHECK_FALSE(ask("garage", "restart_evse", std::string("default")).accepted);
}

TEST_CASE("switched off is off, also for an energy that was asked for before") {
    Overrides overrides;
    CHECK(ask(overrides, "garage", "target_energy_wh", std::string("10 kWh")).accepted);
    CHECK(ask(overrides, "", "mode", std::string("off")).accepted);
    CHECK_FALSE(overrides.find("garage", "target_energy_wh"));
    CHECK(ask(overrides, "garage", "target_energy_wh", 5000.0).accepted);
    CHECK(ask(overrides, "garage", "target_energy_wh", 0.0).accepted);
    CHECK_FALSE(overrides.find("garage", "target_energy_wh"));
}

TEST_CASE("all overrides end at once, of an EVSE or of the site") {
    Overrides overrides;
    ask(overrides, "garage", "pause", true);
    ask(overrides, "left", "pause", true);
    ask(overrides, "", "grid_limit_a", 10.0);
    CHECK(ask(overrides, "garage", "overrides", std::string("default")).accepted);
    CHECK_FALSE(overrides.find("garage", "pause"));
    CHECK(overrides.find("left", "pause"));
    CHECK(ask(overrides, "", "overrides", std::string("default")).text == "no overrides are left");
    CHECK(overrides == Overrides{});
    CHECK_FALSE(ask("garage", "overrides", std::string("none")).accepted);
}
