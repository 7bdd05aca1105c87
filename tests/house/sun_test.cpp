#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace sunherd;
using namespace std::chrono_literals;
using testing::HouseFile;
using testing::RunningHouse;

namespace {

/// A recorded day where it is at hand, else one written here: noon sun, small house.
std::vector<std::string> sunny_day(const std::filesystem::path& own) {
    const char* shared = std::getenv("SUNHERD_SHARED");
    const std::filesystem::path recorded =
        std::filesystem::path(shared != nullptr ? shared : SUNHERD_SOURCE_DIR "/../shared") /
        "traces/lyngby-summer/site.csv";
    if (std::filesystem::exists(recorded)) {
        return {"--trace", recorded.string(), "--from", "2024-06-14T11:00:00Z"};
    }
    std::cout << "no recorded trace at hand (" << recorded << "): a written one is used\n";
    std::ofstream trace(own);
    trace << "time_utc,house_w,pv_w\n";
    for (int minute = 0; minute < 60; ++minute) {
        trace << "2024-06-12T10:" << (minute < 10 ? "0" : "") << minute << ":00Z,400,7500\n";
    }
    return {"--trace", own.string()};
}

}  // namespace

TEST_CASE("a summer day charges the cars from the sun, hardly from the grid") {
    const testing::TemporaryDirectory directory;
    HouseFile file;
    file.mode = "solar";
    RunningHouse house(file, sunny_day(directory.path() / "site.csv"));
    house.fault("garage", "plug");
    house.fault("left", "plug");

    // Charging from the sun: the car draws, the sun gives at least as much, and the grid gives little.
    const auto truth = house.await_truth(
        [](const auto& now) {
            const auto garage = now.evses.find("garage");
            return garage != now.evses.end() && garage->second.current_a[0].value_or(0) >= 6 &&
                   now.grid_w < 500 && now.pv_w > 4000;
        },
        120s);
    CHECK(truth.fuse_heat_pct < 1);
    const auto control = house.recorder().await<topics::ControlEvse>(
        house.names().control_evse("garage"),
        [](const auto& message) { return message.target_current_a >= 6; });
    CHECK(control.mode == topics::ChargeMode::solar);
    CHECK_FALSE(control.reason.code.empty());
    CHECK_FALSE(control.reason.text.empty());
    const auto applied = house.recorder().await<topics::EvseApplied>(
        house.names().evse_applied("garage"), [](const auto& message) {
            return message.result == topics::ApplyResult::written && message.current_a >= 6;
        });
    CHECK(applied.reaction_ms);
    for (const auto& broken : house.broken_promises()) {
        FAIL_CHECK(broken);
    }
}
