#include "evse_settings.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;
using topics::ChargeMode;

namespace {

const auto kNow = *topics::parse_rfc3339("2026-06-21T12:00:00Z");

site::Evse garage() {
    site::Evse evse;
    evse.id = "garage";
    evse.mode = ChargeMode::eco;
    return evse;
}

struct Case {
    Overrides overrides;
    Surroundings known{.utc = kNow};

    Case& set(const std::string& setting, topics::CommandValue value) {
        overrides.set(setting == "ems_state" ? "" : "garage", setting, {std::move(value)});
        return *this;
    }
    EvseSettings settings() const { return settings_of(garage(), overrides, known); }
};

std::string at(const char* text) {
    return topics::to_rfc3339(*topics::parse_rfc3339(text));
}

}  // namespace

TEST_CASE("without overrides the site file holds") {
    const auto settings = Case{}.settings();
    CHECK(settings.acting_mode == ChargeMode::eco);
    CHECK(settings.enabled);
    CHECK(settings.grid_charging);
    CHECK_FALSE(settings.charge_from);
    CHECK_FALSE(settings.overridden_by);
}

TEST_CASE("without the grid it lives on the sun, whatever the mode; switched off it is off") {
    for (const auto mode : {"now", "night", "eco", "plan", "price", "solar"}) {
        CHECK(Case{}.set("mode", std::string(mode)).set("grid_charging", false).settings().acting_mode ==
              ChargeMode::solar);
    }
    CHECK(Case{}.set("mode", std::string("excess")).set("grid_charging", false).settings().acting_mode ==
          ChargeMode::excess);
    CHECK(Case{}.set("mode", std::string("off")).set("grid_charging", false).settings().acting_mode ==
          ChargeMode::off);
    const auto off = Case{}.set("enabled", false).set("target_energy_wh", 5000.0).settings();
    CHECK(off.acting_mode == ChargeMode::off);
    CHECK(off.mode == ChargeMode::eco);
}

TEST_CASE("an energy is charged at once, or by the departure with time in reserve") {
    Case one;
    one.set("target_energy_wh", 11040.0);  // an hour at 3 * 230 V * 16 A
    CHECK(one.settings().acting_mode == ChargeMode::now);
    one.set("departure", at("2026-06-21T16:00:00Z"));
    CHECK(one.settings().charge_from == topics::parse_rfc3339("2026-06-21T14:51:00Z"));
    CHECK(one.settings().acting_mode == ChargeMode::solar);
    one.known.utc = *topics::parse_rfc3339("2026-06-21T14:51:00Z");
    CHECK(one.settings().acting_mode == ChargeMode::now);
    one.set("grid_charging", false);
    CHECK(one.settings().acting_mode == ChargeMode::solar);
}

TEST_CASE("a charge is aimed at where the car tells its own") {
    Case one;
    one.set("target_soc_pct", 80.0).set("departure", at("2026-06-21T16:00:00Z"));
    CHECK_FALSE(one.settings().charge_from);
    CHECK(one.settings().acting_mode == ChargeMode::eco);
    one.known.soc_pct = 50;
    one.known.capacity_wh = 60000;
    CHECK(one.settings().charge_from);
    CHECK(one.settings().acting_mode == ChargeMode::solar);
    one.known.soc_pct = 80;
    CHECK(one.settings().target_reached);
    CHECK(one.settings().acting_mode == ChargeMode::eco);
}

TEST_CASE("nonsense in an override changes nothing") {
    Case one;
    one.set("mode", 1.0).set("pause", 1.0).set("max_current_a", std::string("x")).set("departure", true);
    one.set("ems_state", std::string("party"));
    const auto settings = one.settings();
    CHECK(settings.mode == ChargeMode::eco);
    CHECK_FALSE(settings.paused);
    CHECK(settings.max_current_a == 16);
    CHECK_FALSE(settings.departure);
    CHECK_FALSE(settings.standby);
}
