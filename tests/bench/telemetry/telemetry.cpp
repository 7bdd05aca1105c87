#include "figures.hpp"
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

}  // namespace

void telemetry() {
    if (RealInflux::program().empty()) {
        std::printf("telemetry: skipped, no InfluxDB here (tests/support/get-influxd)\n");
        return;
    }
    std::printf(
        "telemetry: QoS 1 through Mosquitto and influx-bridge into InfluxDB 2, %u cores for everything\n",
        std::thread::hardware_concurrency());
    RealInflux influx;
    BridgeRig rig(influx.url());
    run("warming up", rig, influx, 20'000, 0);
        for (int i = 0; i < 4; ++i)
            run("1,000/s", rig, influx, 20000, 1000);
        return;
    }
    for (int i = 0; i < 3; ++i) {
        run("flat out, 300,000", rig, influx, 300'000, 0);
    }
    run("1,000/s, 20,000", rig, influx, 20'000, 1000);
}

}  // namespace sunherd::bench
