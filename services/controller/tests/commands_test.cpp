#include "commands.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;

namespace {

const CommandLimits kLimits{.evses = {{"garage", 6, 16, true}, {"left", 6, 10, false}}, .main_fuse_a = 25};
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
    CHECK_FALSE(ask("garage", "max_current_a", std::string("12 A")).accepted);
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
