#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace sunherd;
using namespace std::chrono_literals;
using testing::HouseFile;
using testing::RunningHouse;
using topics::SimulatorState;

namespace {

double told_a(const SimulatorState& truth, const std::string& evse) {
    const auto car = truth.evses.find(evse);
    return car == truth.evses.end() ? -1 : car->second.told_a;
}
bool all_charge(const SimulatorState& truth) {
    return told_a(truth, "garage") > 6.5 && truth.evses.at("garage").current_a[0].value_or(0) > 6;
}
bool all_at_fallback(const SimulatorState& truth) {
    return !truth.evses.empty() && std::all_of(truth.evses.begin(), truth.evses.end(),
                                               [](const auto& evse) { return evse.second.told_a <= 6.01; });
}

/// Remote ports of the established TCP connections of a process.
std::set<int> remote_ports(pid_t pid) {
    std::set<std::string> sockets;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
        std::error_code unreadable;
        const auto target = std::filesystem::read_symlink(entry.path(), unreadable).string();
        if (target.rfind("socket:[", 0) == 0) {
            sockets.insert(target.substr(8, target.size() - 9));
        }
    }
    std::set<int> ports;
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string number, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
            inode;
        if (state == "01" && sockets.count(inode) == 1) {
            ports.insert(std::stoi(remote.substr(remote.find(':') + 1), nullptr, 16));
        }
    }
    return ports;
}

void begin_charging(RunningHouse& house) {
    house.fault("garage", "plug");
    house.fault("left", "plug");
    house.await_truth(all_charge);
}

}  // namespace

TEST_CASE("reading and writing are different processes with different connections") {
    RunningHouse house(HouseFile{});
    begin_charging(house);
    const auto reads = remote_ports(house.process("evse-collector").pid());
    const auto writes = remote_ports(house.process("actuator").pid());
    CHECK(reads == std::set<int>{1502, house.broker().port()});
    CHECK(writes == std::set<int>{1503, house.broker().port()});
}

TEST_CASE(
    "when the controller dies, leases run out and the EVSEs fall back; it returns and so does charging") {
    RunningHouse house(HouseFile{});
    begin_charging(house);
    house.process("controller").signal(SIGKILL);
    house.recorder().forget();
    house.await_truth(all_at_fallback, 20s);
    house.start("controller");
    house.recorder().forget();
    house.await_truth(all_charge);
}

TEST_CASE("a controller that hangs and thaws does not act on what it knew before") {
    RunningHouse house(HouseFile{});
    begin_charging(house);
    house.process("controller").signal(SIGSTOP);
    house.recorder().forget();
    house.await_truth(all_at_fallback, 20s);
    house.fault("garage", "load_guard_dead");
    house.recorder().await(house.names().event().name, 20s);
    house.process("controller").signal(SIGCONT);
    house.recorder().forget();
    std::optional<topics::Timestamp> first;
    double highest_a = 0;
    house.await_truth([&](const auto& truth) {
        first = first ? first : truth.time;
        highest_a = std::max(highest_a, told_a(truth, "garage"));
        return truth.time - *first > 8s;
    });
    CHECK(highest_a <= 6.01);
}

TEST_CASE("when the broker dies, the EVSEs fall back; it returns empty and all converges") {
    RunningHouse house(HouseFile{});
    begin_charging(house);
    house.broker().kill();
    // The recorder sees nothing now: the truth shows after the return that the lease had run out.
    REQUIRE(house.process("actuator").await_output("fallback", 30s));
    house.broker().start(testing::TestBroker::Store::lost);
    house.recorder().forget();
    house.await_truth(all_charge, 60s);
    for (const auto& service : RunningHouse::service_names()) {
        CHECK(house.is_running(service));
    }
}

TEST_CASE("each service may be killed at any time: the others go on, and the house converges") {
    RunningHouse house(HouseFile{});
    begin_charging(house);
    for (const auto* victim :
         {"evse-collector", "building-collector", "actuator", "influx-bridge", "controller"}) {
        INFO(victim);
        house.process(victim).signal(SIGKILL);
        house.process(victim).wait_exit();
        for (const auto& service : RunningHouse::service_names()) {
            CHECK((service == victim || house.is_running(service)));
        }
        house.start(victim);
        house.recorder().forget();
        house.recorder().await<topics::ServiceStatus>(
            house.names().service_status(victim),
            [](const auto& status) { return status.status == topics::Presence::online; });
        house.await_truth(all_charge);
        CHECK(house.broken_promises().empty());
    }
}
