#include "figures.hpp"
#include "support/running_house.hpp"

#include <array>
#include <map>
#include <thread>

/// From a grid message on the broker to the setpoint message it causes: the controller alone, fed by hand.
namespace sunherd::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{50};
constexpr int kReadings = 3600;
constexpr int kPerLoad = 40;
/// Loads of the house, which leave the EVSE more and less, but always something.
constexpr std::array kHouseA{2.0, 30.0, 40.0, 30.0};

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
    file.fuse_a = 63;
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

    std::map<topics::Timestamp, Clock::time_point> sent;
    std::uint64_t seq = 0;
    std::map<std::string, double> told_a{{"garage", 0}, {"left", 0}, {"right", 0}};
    std::size_t looked_at = 0;
    std::vector<double> samples_ms;
    for (int reading = 0; reading < kReadings; ++reading) {
        const double house_a = kHouseA.at(static_cast<std::size_t>(reading / kPerLoad) % kHouseA.size());
        double sum_a = house_a;
        for (const auto& [id, current_a] : told_a) {
            sum_a += current_a;
            if (reading % 5 == 0) {
                recorder.publish(names.evse_state(id), charging(current_a, ++seq));
            }
        }
        const auto message = grid(sum_a, ++seq);
        sent[message.time] = Clock::now();
        recorder.publish(names.grid(), message);
        std::this_thread::sleep_for(kPause);
        const auto all = recorder.seen();
        for (; looked_at < all.size(); ++looked_at) {
            const auto topic = names.parse(all[looked_at].topic);
            if (!topic || topic->kind != topics::Kind::evse_setpoint) {
                continue;
            }
            const auto setpoint = topics::decode<topics::EvseSetpoint>(all[looked_at].payload).value();
            // Which reading it answers, it says itself. Others answer an EVSE's state, or repeat.
            const auto cause = sent.find(setpoint.sample_time.value_or(topics::Timestamp{}));
            double& before_a = told_a.at(topic->id);
            if (setpoint.current_a != before_a && cause != sent.end()) {
                samples_ms.push_back(
                    std::chrono::duration<double, std::milli>(all[looked_at].received - cause->second)
                        .count());
            }
            before_a = setpoint.current_a;
        }
    }
    print_distribution("grid message -> setpoint message", samples_ms);
}

}  // namespace sunherd::bench
