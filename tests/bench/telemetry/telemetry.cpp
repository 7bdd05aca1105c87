#include "figures.hpp"
#include "support/asking.hpp"
#include "support/bridge_rig.hpp"

#include <cstdio>
#include <fstream>
#include <thread>

namespace sunherd::bench {
namespace {

using Clock = std::chrono::steady_clock;
using testing::BridgeRig;
using testing::RealInflux;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Highest resident memory so far, MB as peers count it.
double peak_mb(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) {
            return std::stod(line.substr(6)) * 1024 / 1e6;
        }
    }
    return 0;
}

void print_row(const std::string& what, BridgeRig& rig, RealInflux& influx, std::uint64_t messages,
               double taken_s, double cpu) {
    const auto total = rig.load().published();
    const auto found = testing::stored(influx);
    std::printf("  %-34s %7.0f msg/s  %5.2f CPU s per 100k  peak %5.1f MB  %s\n", what.c_str(),
                static_cast<double>(messages) / taken_s, cpu * 1e5 / static_cast<double>(messages),
                peak_mb(rig.bridge().pid()), found.is_all_of(total) ? "all there" : "LOST OR DOUBLE");
}

void run(const std::string& what, BridgeRig& rig, RealInflux& influx, std::uint64_t messages,
         double per_second) {
    const auto cpu_before = cpu_s(rig.bridge().pid());
    const auto begin = Clock::now();
    rig.load().publish(messages, per_second);
    testing::await_stored(influx, rig.load().published(), std::chrono::seconds(120));
    const double taken_s = seconds_since(begin);
    print_row(what, rig, influx, messages, taken_s, cpu_s(rig.bridge().pid()) - cpu_before);
}

/// How long until message `number` is found in the database; asking takes its part.
double found_after_ms(RealInflux& influx, std::uint64_t number) {
    const auto begin = Clock::now();
    testing::ask_until([&] {
        return influx.value(R"(from(bucket: "lab") |> range(start: 0, stop: 2100-01-01T00:00:00Z)
            |> filter(fn: (r) => r._measurement == "meter" and r._field == "seq" and r.id == "m)" +
                            std::to_string(number % testing::NumberedLoad::kTopics) + "\") |> last()") >=
               static_cast<double>(number);
    });
    return seconds_since(begin) * 1000;
}

/// From publishing to being found, alone and while 5,000 a second come.
void age(BridgeRig& rig, RealInflux& influx) {
    std::vector<double> alone_ms;
    for (int i = 0; i < 20; ++i) {
        rig.load().publish(1);
        alone_ms.push_back(found_after_ms(influx, rig.load().published()));
    }
    print_distribution("published to stored", std::move(alone_ms));
    std::vector<double> loaded_ms;
    std::thread load([&] { rig.load().publish(100'000, 5000); });
    for (int i = 0; i < 12; ++i) {
        loaded_ms.push_back(found_after_ms(influx, rig.load().published()));
    }
    load.join();
    print_distribution("published to stored, 5,000/s", std::move(loaded_ms));
}

/// The database is away while a million messages come.
void outage(const std::string& what, std::uint64_t messages) {
    RealInflux influx;
    BridgeRig rig(influx.url());
    influx.kill();
    auto begin = Clock::now();
    rig.load().publish(messages);
    const double incoming = static_cast<double>(messages) / seconds_since(begin);
    influx.start();
    begin = Clock::now();
    testing::await_stored(influx, messages, std::chrono::seconds(300));
    const double drained = static_cast<double>(messages) / seconds_since(begin);
    const auto found = testing::stored(influx);
    std::printf("  %-34s in %7.0f msg/s, drained at %7.0f msg/s  peak %5.1f MB  %s\n", what.c_str(), incoming,
                drained, peak_mb(rig.bridge().pid()),
                found.is_all_of(messages) ? "all there" : "LOST OR DOUBLE");
}

/// The same for 20 s in a house of 5,000 messages a second, which go on while the backlog drains.
void outage_under_load() {
    constexpr std::uint64_t kPerSecond = 5000;
    RealInflux influx;
    BridgeRig rig(influx.url());
    std::thread load([&] { rig.load().publish(30 * kPerSecond, kPerSecond); });
    rig.load().await_published(2 * kPerSecond);
    const auto before = testing::await_stored(influx, kPerSecond / 2, std::chrono::seconds(10)).points;
    influx.kill();
    rig.load().await_published(22 * kPerSecond);
    influx.start();
    const auto backlog = rig.load().published() - before;
    const double drained_s = found_after_ms(influx, rig.load().published()) / 1000;
    std::printf("  %-34s in    5000 msg/s, drained at %7.0f msg/s while they go on\n",
                "database away for 20 s", static_cast<double>(backlog) / drained_s);
    load.join();
}

/// What a subscriber costs that only counts: Paho C, nothing of ours. The limit of what can be had with Paho.
void paho_floor() {
    testing::TestBroker broker;
    testing::Process counter({SUNHERD_PAHO_COUNTER, std::to_string(broker.port())});
    if (!counter.await_output("subscribed")) {
        std::printf("  the counting subscriber does not come up: %s\n", counter.output().c_str());
        return;
    }
    testing::NumberedLoad load(broker.port());
    load.publish(20'000);
    for (const auto& [messages, per_second] : {std::pair{300'000, 0.0}, std::pair{20'000, 1000.0}}) {
        const auto before = cpu_s(counter.pid());
        const auto begin = Clock::now();
        load.publish(static_cast<std::uint64_t>(messages), per_second);
        std::printf("  %-34s %7.0f msg/s  %5.2f CPU s per 100k\n", "Paho C that only counts",
                    messages / seconds_since(begin), (cpu_s(counter.pid()) - before) * 1e5 / messages);
    }
}

}  // namespace

void telemetry() {
    if (RealInflux::program().empty()) {
        std::printf("telemetry: skipped, no InfluxDB here (tests/support/get-influxd)\n");
        return;
    }
    std::printf(
        "telemetry: QoS 1 through Mosquitto and influx-bridge into InfluxDB 2, %u cores for everything\n",
        std::thread::hardware_concurrency());
    paho_floor();
    {
        RealInflux influx;
        BridgeRig rig(influx.url());
        run("(warming up)", rig, influx, 20'000, 0);
        for (int i = 0; i < 3; ++i) {
            run("flat out, 300,000", rig, influx, 300'000, 0);
        }
        run("1,000/s, 20,000", rig, influx, 20'000, 1000);
        age(rig, influx);
    }
    outage("database away, 1,000,000", 1'000'000);
    outage_under_load();
}

}  // namespace sunherd::bench
