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

constexpr int kSteps = 40;
constexpr double kStepW = 5500;  // 8 A per phase, of which the fuse has room for 5

/// All three cars draw all they may, and a step of the house takes from the one with the lowest priority.
double one_step_ms(RunningHouse& house, std::mt19937& chance) {
    house.recorder().forget();
    house.await_truth(
        [](const auto& truth) {
            double drawn_a = 0;
            for (const auto& [id, car] : truth.evses) {
                // One car charges on this phase only.
                drawn_a += std::min(car.told_a, car.current_a[2].value_or(0));
            }
            return drawn_a > 47;
        },
        std::chrono::seconds(120));
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<>(0, 1000)(chance)));
    house.recorder().forget();
    house.fault("house", "house_extra_w", kStepW);
    const auto stepped = house.await_truth([](const auto&) { return true; });
    const auto applied = house.recorder().await<topics::EvseApplied>(
        house.names().evse_applied("right"),
        [&](const auto& m) { return m.result == ApplyResult::written && m.sample_time >= stepped.time; });
    house.fault("house", "house_extra_w", 0);
    return static_cast<double>((applied.time - stepped.time).count());
}

}  // namespace

void reaction() {
    testing::HouseFile file;
    file.fuse_a = 50;
    file.load_guard_poll_s = "0.1";
    RunningHouse house(file, {"--cars", "built-in"});
    for (const auto* evse : {"garage", "left", "right"}) {
        house.fault(evse, "plug");
    }
    house.fault("house", "pv_scale", 0);
    std::mt19937 chance(1);
    std::vector<double> samples_ms;
    for (int step = 0; step < kSteps; ++step) {
        samples_ms.push_back(one_step_ms(house, chance));
    }
    print_distribution("grid register -> EVSE register (100 ms polls)", samples_ms);
}

}  // namespace sunherd::bench
