#include "figures.hpp"
#include "support/running_house.hpp"

#include <cstdio>
#include <thread>

namespace sunherd::bench {

void many_evses() {
    constexpr int kEvses = 100;
    const testing::Loopback loopback;
    std::string yaml = "site: {id: home}\ngrid: {main_fuse_a: 900}\nevses:\n";
    for (int n = 1; n <= kEvses; ++n) {
        yaml += "  - {id: evse" + std::to_string(n) + ", profile: etrel-inch, host: " + loopback.host(n) +
                ", read_port: 1502, write_port: 1503, ports: read-write" + (n == 1 ? ", master: true" : "") +
                "}\n";
    }
    const testing::TemporaryDirectory directory;
    testing::write_file(directory.path() / "site.yaml", yaml);
    testing::TestBroker broker;
    testing::Recorder recorder(broker);
    const auto run = [&](const std::string& program) {
        return std::make_unique<testing::Process>(
            std::vector<std::string>{SUNHERD_BIN_DIR "/" + program, "--site", directory.path() / "site.yaml",
                                     "--state-dir", directory.path() / program},
            broker.environment());
    };
    const auto simulator = run("site-simulator");
    const auto collector = run("evse-collector");
    const topics::Names names("sunherd", "home");
    for (int n = 1; n <= kEvses; ++n) {
        recorder.await(names.evse_state("evse" + std::to_string(n)).name);
    }
    constexpr int kSeconds = 30;
    const double before_s = cpu_s(collector->pid());
    std::this_thread::sleep_for(std::chrono::seconds(kSeconds));
    const double used_s = cpu_s(collector->pid()) - before_s;
    std::printf("%-44s %.1f %% of one core, PSS %.1f MiB\n", "evse-collector, 100 EVSEs at 1 s",
                100 * used_s / kSeconds, static_cast<double>(pss_kib(collector->pid())) / 1024);
}

}  // namespace sunherd::bench
