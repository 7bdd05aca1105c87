#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace sunherd;
using namespace std::chrono_literals;
using testing::HouseFile;
using testing::RunningHouse;
using topics::SimulatorState;

namespace {

double told_in_all_a(const SimulatorState& truth) {
    double sum_a = 0;
    for (const auto& [id, car] : truth.evses) {
        sum_a += car.told_a;
    }
    return sum_a;
}

double highest_import_a(const SimulatorState& truth) {
    double highest_a = 0;
    for (int phase = 0; phase < 3; ++phase) {
        highest_a = std::max(highest_a, truth.grid_current_a[phase].value_or(0));
    }
    return highest_a;
}

bool charges(const SimulatorState& truth, const std::string& evse) {
    const auto car = truth.evses.find(evse);
    if (car == truth.evses.end()) {
        return false;
    }
    double current_a = 0;
    for (int phase = 0; phase < 3; ++phase) {
        current_a = std::max(current_a, car->second.current_a[phase].value_or(0));
    }
    return current_a > 5;
}

void plug_all(RunningHouse& house) {
    for (const auto* evse : {"garage", "left", "right"}) {
        house.fault(evse, "plug");
    }
}

void keeps_contract(const RunningHouse& house) {
    for (const auto& broken : house.broken_promises()) {
        FAIL_CHECK(broken);
    }
}

}  // namespace

TEST_CASE("cars charge within the fuse, and 5 kW more of house load lowers them before the fuse minds") {
    RunningHouse house(HouseFile{});
    plug_all(house);
    house.fault("house", "pv_scale", 0);
    house.await_truth([](const auto& truth) {
        return charges(truth, "garage") && charges(truth, "left") && highest_import_a(truth) > 23;
    });
    house.recorder().forget();
    const double before_a = told_in_all_a(house.await_truth([](const auto&) { return true; }));

    house.fault("house", "house_extra_w", 5000);
    house.await_truth([&](const auto& truth) { return told_in_all_a(truth) < before_a - 3; }, 10s);
    const auto settled =
        house.await_truth([](const auto& truth) { return highest_import_a(truth) <= 25.1; }, 15s);
    CHECK(settled.fuse_heat_pct < 5);
    keeps_contract(house);
}

TEST_CASE("without the Load Guard all fall back, its watchdog restarts it, and charging goes on") {
    HouseFile file;
    file.garage_more = ", load_guard_restart: {by: modbus, after_s: 5, first_pause_s: 10}";
    RunningHouse house(file, {"--restart-s", "5"});
    plug_all(house);
    house.await_truth(
        [](const auto& truth) { return charges(truth, "garage") && told_in_all_a(truth) > 20; });

    house.fault("garage", "load_guard_dead");
    house.recorder().forget();
    house.recorder().await<topics::ControlSite>(house.names().control_site(), [](const auto& site) {
        return site.ems_state == topics::EmsState::fault;
    });
    house.await_truth([](const auto& truth) {
        return std::all_of(truth.evses.begin(), truth.evses.end(),
                           [](const auto& evse) { return evse.second.told_a <= 6.01; });
    });
    house.await_event("load_guard_silent");
    house.await_event("load_guard_back");
    house.recorder().forget();
    house.await_truth(
        [](const auto& truth) { return charges(truth, "garage") && told_in_all_a(truth) > 20; });
    keeps_contract(house);
}

TEST_CASE("a house without any grid reading never leaves the fallback") {
    RunningHouse house(HouseFile{});
    house.fault("garage", "load_guard_dead");
    house.process("evse-collector").signal(9);
    house.process("evse-collector").wait_exit();
    plug_all(house);
    house.recorder().forget();
    // Twelve seconds of truth: longer than a lease.
    std::optional<topics::Timestamp> first;
    double highest_a = 0;
    house.await_truth([&](const auto& truth) {
        first = first ? first : truth.time;
        for (const auto& [id, car] : truth.evses) {
            highest_a = std::max(highest_a, car.told_a);
        }
        return truth.time - *first > 12s;
    });
    CHECK(highest_a <= 6.01);
}
