#include "devices/to_messages.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::devices;

namespace {

Reading three_phases() {
    Reading reading;
    auto& v = reading.values;
    v[Quantity::power_l1_w] = 1000;
    v[Quantity::power_l2_w] = -200;
    v[Quantity::power_l3_w] = 0;
    v[Quantity::current_l1_a] = 4.5;
    v[Quantity::current_l2_a] = -1;
    v[Quantity::voltage_l1_v] = 230;
    v[Quantity::frequency_hz] = 50;
    v[Quantity::imported_wh] = 5000;
    v[Quantity::exported_wh] = 300;
    return reading;
}

}  // namespace

TEST_CASE("a grid reading says who measured; the total is the sum of the phases where it isn't given") {
    const auto grid = to_grid(three_phases(), "master", false);
    CHECK(grid.source == "master");
    CHECK(grid.power_w == 800);
    CHECK(grid.current_a[0] == 4.5);
    CHECK(grid.current_a[1] == -1);
    CHECK_FALSE(grid.current_a[2]);
    CHECK(grid.phase_power_w[2] == 0);
    CHECK(grid.frequency_hz == 50);
    CHECK(grid.imported_wh == 5000);
    CHECK(grid.exported_wh == 300);
}

TEST_CASE("without one of the phases the total isn't known, and a total that is given counts") {
    Reading reading = three_phases();
    reading.values[Quantity::power_l3_w].reset();
    CHECK_FALSE(to_meter(reading, false).power_w);
    reading.values[Quantity::power_w] = 790;
    CHECK(to_meter(reading, false).power_w == 790);
}

TEST_CASE("a meter mounted the other way round: everything that has a direction changes it") {
    const auto grid = to_grid(three_phases(), "meter", true);
    CHECK(grid.power_w == -800);
    CHECK(grid.current_a[0] == -4.5);
    CHECK(grid.phase_power_w[1] == 200);
    CHECK(grid.voltage_v[0] == 230);
    CHECK(grid.imported_wh == 300);
    CHECK(grid.exported_wh == 5000);
}

TEST_CASE("PV power is never negative, and what is no stand-by consumption isn't PV's") {
    Reading reading;
    CHECK_FALSE(to_pv(reading).power_w);
    reading.values[Quantity::power_w] = -12;
    CHECK(to_pv(reading).power_w == 0);
    reading.values[Quantity::power_w] = -3000;
    CHECK_FALSE(to_pv(reading).power_w);
    reading.values[Quantity::power_w] = 4200;
    reading.pv_inputs = {{1, 2100, 680, 3.1}, {2, std::nullopt, std::nullopt, std::nullopt}};
    reading.inverter_state = topics::InverterState::mppt;
    const auto pv = to_pv(reading);
    CHECK(pv.power_w == 4200);
    REQUIRE(pv.strings.size() == 2);
    CHECK(pv.strings[0].voltage_v == 680);
    CHECK_FALSE(pv.strings[1].power_w);
    CHECK(pv.state == topics::InverterState::mppt);
}

TEST_CASE("a battery's message keeps its sign and leaves out what isn't known") {
    Reading reading;
    reading.values[Quantity::power_w] = -1500;
    reading.values[Quantity::soc_pct] = 73;
    reading.battery_state = topics::BatteryState::charging;
    const auto battery = to_battery(reading);
    CHECK(battery.power_w == -1500);
    CHECK(battery.soc_pct == 73);
    CHECK(battery.state == topics::BatteryState::charging);
    CHECK_FALSE(battery.capacity_wh);
}

TEST_CASE("an EVSE's phases become the site's by its rotation") {
    Reading reading;
    reading.evse_state = topics::Iec61851::C;
    reading.values[Quantity::current_l1_a] = 10;
    reading.values[Quantity::current_l2_a] = 11;
    reading.values[Quantity::current_l3_a] = 12;
    reading.values[Quantity::voltage_l1_v] = 231;
    SECTION("as they are") {
        const auto evse = to_evse_state(reading, "L1L2L3");
        CHECK(evse.current_a.phase == std::array<std::optional<double>, 3>{10, 11, 12});
        CHECK(evse.voltage_v[0] == 231);
    }
    SECTION("rotated") {
        const auto evse = to_evse_state(reading, "L2L3L1");
        CHECK(evse.current_a.phase == std::array<std::optional<double>, 3>{12, 10, 11});
        CHECK(evse.voltage_v[1] == 231);
        CHECK_FALSE(evse.voltage_v[0]);
    }
    SECTION("one phase, on L2") {
        const auto evse = to_evse_state(reading, "L2");
        CHECK(evse.current_a.phase == std::array<std::optional<double>, 3>{std::nullopt, 10, std::nullopt});
    }
    SECTION("nonsense names no phase") {
        CHECK(to_evse_state(reading, "LxL9L0").current_a.empty());
    }
}

TEST_CASE("an EVSE's message carries what the device says of itself and its car") {
    Reading reading;
    reading.evse_state = topics::Iec61851::B;
    reading.status = "PausedByEv";
    reading.vehicle_phases = 1;
    reading.values[Quantity::power_w] = -3;
    reading.values[Quantity::target_current_a] = 9;
    reading.values[Quantity::energy_wh] = 123456;
    const auto evse = to_evse_state(reading, "L1L2L3");
    CHECK(evse.state == topics::Iec61851::B);
    CHECK(evse.status == "PausedByEv");
    CHECK(evse.vehicle_phases == 1);
    CHECK(evse.power_w == 0);
    CHECK(evse.target_current_a == 9);
    CHECK(evse.total_energy_wh == 123456);
    CHECK_FALSE(evse.session_energy_wh);
    CHECK(to_evse_state({}, "L1L2L3").state == topics::Iec61851::E);
}
