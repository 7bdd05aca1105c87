#include "figures.hpp"
#include "support/running_house.hpp"

#include <cstdio>
#include <thread>

namespace sunherd::bench {

void idle() {
    testing::HouseFile file;
    file.load_guard_poll_s = "1";
    testing::RunningHouse house(file);
    house.recorder().await<topics::ControlSite>(
        house.names().control_site(), [](const auto& site) { return site.ems_state == topics::EmsState::ok; },
        std::chrono::seconds(60));
    constexpr int kSeconds = 30;
    std::map<std::string, double> before_s;
    for (const auto& service : testing::RunningHouse::service_names()) {
        before_s[service] = cpu_s(house.process(service).pid());
    }
    std::this_thread::sleep_for(std::chrono::seconds(kSeconds));
    double cpu_pct = 0;
    double pss_mib = 0;
    for (const auto& service : testing::RunningHouse::service_names()) {
        const double pct = 100 * (cpu_s(house.process(service).pid()) - before_s[service]) / kSeconds;
        const double mib = static_cast<double>(pss_kib(house.process(service).pid())) / 1024;
        std::printf("  %-42s %5.2f %% of one core, PSS %5.1f MiB\n", service.c_str(), pct, mib);
        if (service != "site-simulator") {
            cpu_pct += pct;
            pss_mib += mib;
        }
    }
    std::printf("%-44s %5.2f %% of one core, PSS %5.1f MiB (without the simulator)\n",
                "all services, 1 s polls, 3 EVSEs", cpu_pct, pss_mib);
}

}  // namespace sunherd::bench
