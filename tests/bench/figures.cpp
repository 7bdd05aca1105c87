#include "figures.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace sunherd::bench {

void print_distribution(const std::string& name, std::vector<double> samples_ms) {
    if (samples_ms.empty()) {
        std::printf("%-44s no samples\n", name.c_str());
        return;
    }
    std::sort(samples_ms.begin(), samples_ms.end());
    const auto at = [&](double share) {
        return samples_ms.at(static_cast<std::size_t>(share * static_cast<double>(samples_ms.size() - 1)));
    };
    std::printf("%-44s n %4zu  median %7.2f ms  99th %7.2f ms  max %7.2f ms\n", name.c_str(),
                samples_ms.size(), at(0.5), at(0.99), samples_ms.back());
}

double cpu_s(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int field = 0; field < 11; ++field) {  // state … cmajflt
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

namespace {

long kib_of(const std::string& file, const std::string& name) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
        if (line.rfind(name, 0) == 0) {
            return std::stol(line.substr(name.size()));
        }
    }
    return 0;
}

}  // namespace

long pss_kib(pid_t pid) {
    return kib_of("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss:");
}

long peak_rss_kib(pid_t pid) {
    return kib_of("/proc/" + std::to_string(pid) + "/status", "VmHWM:");
}

}  // namespace sunherd::bench
