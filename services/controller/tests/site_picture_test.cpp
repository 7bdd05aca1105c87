#include "site_picture.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;
using namespace std::chrono_literals;

namespace {

const SitePicture::Moment kNow(1h);

site::Site home() {
    site::Site site;
    site.id = "home";
    site.grid.main_fuse_a = 25;
    site::Device battery;
    battery.id = "store";
    battery.role = site::Role::battery;
    battery.battery.emplace();
    battery.battery->min_soc_pct = 10;
    battery.battery->target_soc_pct = 70;
    site.devices.push_back(battery);
    return site;
}

topics::Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

}  // namespace

TEST_CASE("a battery's rules and its own limits reach the engine") {
    auto site = home();
    topics::BatteryReading reading;
    reading.power_w = -1200;
    reading.soc_pct = 55;
    reading.max_charge_w = 4000;
    reading.max_discharge_w = 4500;
    const auto see = [&] {
        SitePicture picture(site);
        picture.take_battery("store", reading, {.topic = "t", .payload = "", .received = kNow});
        return picture.at(kNow, utc("2026-06-21T10:00:00Z"), {}).batteries.at(0);
    };
    CHECK(see().power_w == -1200);
    CHECK(see().soc_pct == 55);
    CHECK(see().soc_min_pct == 10);
    CHECK(see().soc_target_pct == 70);
    CHECK(see().max_charge_w == 4000);
    CHECK(see().max_discharge_w == 4500);
    site.devices[0].battery->max_discharge_w = 2000;
    CHECK(see().max_discharge_w == 2000);
    site.devices[0].battery.reset();
    CHECK_FALSE(see().soc_target_pct);
}

TEST_CASE("the quarter of an hour ends by the clock") {
    const auto site = home();
    const SitePicture picture(site);
    CHECK(picture.at(kNow, utc("2026-06-21T10:00:00Z"), {}).quarter_left == 15min);
    CHECK(picture.at(kNow, utc("2026-06-21T10:14:59Z"), {}).quarter_left == 1s);
    CHECK(picture.at(kNow, utc("1969-12-31T23:59:00Z"), {}).quarter_left == 1min);
}

TEST_CASE("limits from outside lower those of the site file, and go again") {
    auto site = home();
    site.grid.max_import_w = 8000;
    const SitePicture picture(site);
    const auto at = [&](const Overrides& overrides) {
        return picture.at(kNow, utc("2026-06-21T10:00:00Z"), overrides);
    };
    Overrides overrides;
    CHECK(at(overrides).max_import_w == 8000);
    CHECK_FALSE(at(overrides).max_evse_w);
    overrides.set("", "max_import_w", {.value = 3000.0});
    overrides.set("", "max_evse_w", {.value = 4200.0});
    CHECK(at(overrides).max_import_w == 3000);
    CHECK(at(overrides).max_evse_w == 4200);
    overrides.set("", "max_import_w", {.value = 9000.0});
    CHECK(at(overrides).max_import_w == 8000);
}
