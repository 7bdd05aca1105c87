#include "figures.hpp"
#include "support/running_house.hpp"

#include <thread>

/// From a grid message on the broker to the setpoint message it causes: the controller alone, fed by hand.
namespace sunherd::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCycles = 12;
constexpr int kSteps = 18;

topics::GridReading grid(double current_a, std::uint64_t seq) {
    topics::GridReading reading;
    reading.time = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    reading.seq = seq;
    reading.source = "garage";
    for (int phase = 0; phase < 3; ++phase) {
        reading.current_a[phase] = current_a;
        reading.voltage_v[phase] = 230;
        reading.phase_power_w[phase] = current_a * 230;
    }
    reading.power_w = 3 * current_a * 230;
    return reading;
}

topics::EvseState charging(double current_a, std::uint64_t seq) {
    topics::EvseState state;
    state.time = grid(0, 0).time;
    state.seq = seq;
    state.state = topics::Iec61851::C;
    for (int phase = 0; phase < 3; ++phase) {
        state.current_a[phase] = current_a;
        state.voltage_v[phase] = 230;
    }
    state.power_w = 3 * current_a * 230;
    return state;
}

}  // namespace

void decision() {
    const testing::Loopback loopback;
    testing::HouseFile file;
    file.evses = 1;
    const testing::TemporaryDirectory directory;
    testing::write_file(directory.path() / "site.yaml", file.text(loopback));
    testing::TestBroker broker;
    testing::Recorder recorder(broker);
    const testing::Process controller(
        {SUNHERD_BIN_DIR "/controller", "--site", directory.path() / "site.yaml", "--state-dir",
         directory.path() / "state"},
        broker.environment());
    const topics::Names names("sunherd", "home");
    recorder.await(names.service_status("controller").name);

    std::vector<double> samples_ms;
    std::uint64_t seq = 0;
    double told_a = 0;
    for (int cycle = 0; cycle < kCycles; ++cycle) {
        // An empty house until the car is told all it may have …
        const auto patience = Clock::now() + std::chrono::seconds(60);
        while (told_a < 15.9 && Clock::now() < patience) {
            recorder.forget();
            recorder.publish(names.evse_state("garage"), charging(told_a, ++seq));
            recorder.publish(names.grid(), grid(told_a, ++seq));
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            for (const auto& seen : recorder.seen()) {
                if (seen.topic == names.evse_setpoint("garage").name) {
                    told_a = topics::decode<topics::EvseSetpoint>(seen.payload)->current_a;
                }
            }
        }
        // … then half an ampere less with every message.
        double house_a = 9;
        for (int step = 0; step < kSteps; ++step) {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            house_a += 0.5;
            recorder.publish(names.evse_state("garage"), charging(told_a, ++seq));
            recorder.forget();
            const double before_a = told_a;
            const auto sent = Clock::now();
            recorder.publish(names.grid(), grid(told_a + house_a, ++seq));
            const auto setpoint = recorder.await(
                names.evse_setpoint("garage").name,
                [&](const auto& incoming) {
                    told_a = topics::decode<topics::EvseSetpoint>(incoming.payload)->current_a;
                    return told_a < before_a - 0.2;
                },
                std::chrono::seconds(5));
            samples_ms.push_back(std::chrono::duration<double, std::milli>(setpoint.received - sent).count());
        }
    }
    print_distribution("grid message -> setpoint message", samples_ms);
}

}  // namespace sunherd::bench
