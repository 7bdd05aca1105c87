#include "devices/device.hpp"
#include "figures.hpp"
#include "support/running_house.hpp"

#include <modbus.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

namespace sunherd::bench {
namespace {

double per_second(const std::function<bool()>& poll) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    int polls = 0;
    while (Clock::now() - begin < std::chrono::seconds(2)) {
        polls += poll() ? 1 : 0;
    }
    return polls / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

void polls() {
    testing::HouseFile file;
    file.evses = 1;
    testing::RunningHouse house(file);
    house.recorder().await(house.names().evse_state("garage").name);
    house.process("evse-collector").signal(9);
    house.process("evse-collector").wait_exit();

    modbus::ReadConnection connection({house.loopback().host(1), 1502});
    const auto reader = devices::make_reader("etrel-inch", connection);
    modbus_t* bare = modbus_new_tcp(house.loopback().host(1).c_str(), 1502);
    modbus_set_slave(bare, 1);
    modbus_connect(bare);
    std::array<std::uint16_t, 48> registers{};
    std::vector<double> ratios;
    for (int round = 0; round < 5; ++round) {
        const double ours = per_second([&] { return reader->read().has_value(); });
        const double theirs =
            per_second([&] { return modbus_read_input_registers(bare, 0, 48, registers.data()) == 48; });
        std::printf("  our reader %.0f polls/s, bare libmodbus loop %.0f polls/s\n", ours, theirs);
        ratios.push_back(ours / theirs);
    }
    modbus_close(bare);
    modbus_free(bare);
    std::sort(ratios.begin(), ratios.end());
    std::printf("%-44s median %.2f\n", "polls: our reader / bare libmodbus", ratios[ratios.size() / 2]);
}

}  // namespace sunherd::bench
