#include "figures.hpp"

#include <cstdio>
#include <functional>
#include <map>
#include <string>

int main(int argc, char** argv) {
    using namespace sunherd::bench;
    const std::map<std::string, std::function<void()>> benches{
        {"reaction", reaction},     {"decision", decision}, {"fleet", fleet},
        {"many_evses", many_evses}, {"polls", polls},       {"idle", idle},
        {"telemetry", telemetry},   {"gateway", gateway},   {"history", history}};
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    for (const auto& [name, run] : benches) {
        if (argc < 2 || name == argv[1]) {
            run();
        }
    }
    return 0;
}
