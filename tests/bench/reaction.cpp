#include "figures.hpp"
#include "support/running_house.hpp"

#include <random>
#include <thread>

/// From a changed register of the grid meter (the simulator says when) to the end of the write at the EVSE
/// (the actuator says when), with the Load Guard polled every 100 ms. The steps come at random moments of the
/// poll.
namespace sunherd::bench {
namespace {

using testing::RunningHouse;
using topics::ApplyResult;

constexpr int kCycles = 5;
constexpr int kSteps = 36;
constexpr double kStepW = 520;  // 0.75 A per phase

std::vector<double> one_cycle(RunningHouse& house, std::mt19937& chance) {
    house.fault("house", "house_extra_w", 0);
    house.recorder().forget();
    house.await_truth(
        [](const auto& truth) {
            double told_a = 0;
            for (const auto& [id, car] : truth.evses) {
                told_a += car.told_a;
            }
            return told_a > 47;
        },
        std::chrono::seconds(120));

    std::vector<double> samples_ms;
    // The fuse is just reached by the first step; each further one takes away what an EVSE had.
    double extra_w = 7300;
    house.fault("house", "house_extra_w", extra_w);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    for (int step = 0; step < kSteps; ++step) {
        std::this_thread::sleep_for(
            std::chrono::milliseconds(std::uniform_int_distribution<>(250, 450)(chance)));
        house.recorder().forget();
        extra_w += kStepW;
        house.fault("house", "house_extra_w", extra_w);
        const auto stepped = house.await_truth([](const auto&) { return true; });
        std::optional<topics::Timestamp> written;
        try {
            for (const auto* id : {"garage", "left", "right"}) {
                const auto applied = house.recorder().await<topics::EvseApplied>(
                    house.names().evse_applied(id),
                    [&](const auto& m) { return m.result == ApplyResult::written && m.time >= stepped.time; },
                    std::chrono::milliseconds(id == std::string("garage") ? 400 : 1));
                written = std::min(written.value_or(applied.time), applied.time);
            }
        } catch (const std::exception&) {
            // Not each EVSE is lowered by each step.
        }
        if (written) {
            samples_ms.push_back(static_cast<double>((*written - stepped.time).count()));
        }
    }
    return samples_ms;
}

}  // namespace

void reaction() {
    testing::HouseFile file;
    file.fuse_a = 63;
    file.load_guard_poll_s = "0.1";
    RunningHouse house(file, {"--cars", "built-in"});
    for (const auto* evse : {"garage", "left", "right"}) {
        house.fault(evse, "plug");
    }
    house.fault("house", "pv_scale", 0);
    std::mt19937 chance(1);
    std::vector<double> samples_ms;
    for (int cycle = 0; cycle < kCycles; ++cycle) {
        const auto more = one_cycle(house, chance);
        samples_ms.insert(samples_ms.end(), more.begin(), more.end());
    }
    print_distribution("grid register -> EVSE register (100 ms polls)", samples_ms);
}

}  // namespace sunherd::bench
