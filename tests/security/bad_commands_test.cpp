#include "account.hpp"
#include "support/asking.hpp"
#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>

/// 10,000 malformed, oversized, out-of-range and unauthorised commands at a running house.
using namespace sunherd;
using namespace sunherd::testing;

namespace {

constexpr int kCommands = 10'000;
constexpr long kMayGrowKb = 6 * 1024;

long resident_kb(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) {
            return std::stol(line.substr(6));
        }
    }
    return 0;
}

std::string random_bytes(std::minstd_rand& random, std::size_t most) {
    std::string bytes(random() % most + 1, '\0');
    std::ranges::generate(bytes, [&random] { return static_cast<char>(random() % 256); });
    return bytes;
}

struct Bad {
    std::string topic;
    std::string payload;
};

/// Nothing of it may be accepted, whatever the house does.
Bad bad_command(std::minstd_rand& random) {
    static const std::vector<std::string> topics{"set/mode",
                                                 "set/ems_state",
                                                 "set/battery_mode",
                                                 "set/grid_limit_a",
                                                 "set/max_evse_w",
                                                 "set/clear_fault",
                                                 "set/overrides",
                                                 "set/no_such_thing",
                                                 "evse/garage/set/mode",
                                                 "evse/garage/set/enabled",
                                                 "evse/garage/set/max_current_a",
                                                 "evse/garage/set/priority",
                                                 "evse/garage/set/target_energy_wh",
                                                 "evse/garage/set/departure",
                                                 "evse/garage/set/restart_evse",
                                                 "evse/garage/set/overrides",
                                                 "evse/garage/set/plan_current_a",
                                                 "evse/stranger/set/mode",
                                                 "evse/left/set/restart_load_guard"};
    static const std::vector<std::string> payloads{"",
                                                   " ",
                                                   "{",
                                                   "[]",
                                                   "[1]",
                                                   "null",
                                                   "nonsense",
                                                   "1e300",
                                                   "-1e300",
                                                   "NaN",
                                                   "1,5",
                                                   "-0.5",
                                                   "99999999",
                                                   R"({"value": "off", "value": "off"})",
                                                   R"({"value": null})",
                                                   R"({"value": {}})",
                                                   R"({"valu": 1})",
                                                   R"({"value": 1e999})",
                                                   R"({"value": "\ud800"})",
                                                   R"({"value": "now", "until": "yesterday"})",
                                                   R"({"value": "now", "until": "2020-01-01T00:00:00Z"})",
                                                   R"({"value": "now", "for_s": -1})",
                                                   R"({"value": "now", "id": 7})",
                                                   "now until 25:00",
                                                   "16 kA",
                                                   "0x10",
                                                   "default default",
                                                   "\x01\x02",
                                                   "off\nnow",
                                                   R"({"value": "</script>"})",
                                                   "../../etc/passwd",
                                                   "'; drop table sessions; --"};
    const auto topic = "sunherd/home/" + topics[random() % topics.size()];
    switch (random() % 8) {
        case 0:
            return {topic, random_bytes(random, 300)};
        case 1:
            return {topic, std::string(random() % 60'000 + 66'000, 'x')};  // more than the door lets in
        case 2:
            return {topic, std::string(5000, '[')};
        case 3:
            return {topic, R"({"value": ")" + random_bytes(random, 2000) + "\"}"};
        default:
            return {topic, payloads[random() % payloads.size()]};
    }
}

std::map<std::string, long> memory_of(RunningHouse& house) {
    std::map<std::string, long> all;
    for (const auto& service : RunningHouse::service_names()) {
        all[service] = resident_kb(house.process(service).pid());
    }
    return all;
}

struct Attack {
    int readable = 0;  ///< those the controller got to read
    int refused = 0;   ///< by the broker
};

Attack attack(RunningHouse& house, int commands, unsigned seed) {
    const auto login = [&](const std::string& account) {
        return Account::Options{
            .port = house.broker().port(), .user = account, .password = TestBroker::password_of(account)};
    };
    Account person(login("operator"));
    Account viewer(login("viewer"));
    Account collector(login("evse-collector"));
    std::minstd_rand random(seed);
    Attack done;
    for (int i = 0; i < commands; ++i) {
        const auto bad = bad_command(random);
        Account& sender = i % 10 == 0 ? viewer : i % 10 == 1 ? collector : person;
        if (sender.publish(bad.topic, bad.payload)) {
            ++done.readable;
        } else {
            ++done.refused;
        }
    }
    return done;
}

std::size_t answers_in(RunningHouse& house) {
    const auto seen = house.recorder().seen();
    return static_cast<std::size_t>(std::ranges::count_if(
        seen, [&](const auto& message) { return message.topic == house.names().command_result().name; }));
}

}  // namespace

TEST_CASE("ten thousand bad commands change nothing, are answered, and cost nobody memory") {
    RunningHouse house(HouseFile{});
    house.fault("garage", "plug");
    house.await_truth([](const auto& truth) { return truth.evses.at("garage").told_a > 6; });
    house.recorder().await(house.names().control_overrides().name);
    const auto warm_up = attack(house, 1000, 1);
    CHECK(ask_until([&] { return answers_in(house) >= static_cast<std::size_t>(warm_up.readable); }));
    const auto before = memory_of(house);
    const auto done = attack(house, kCommands, 2);
    const auto readable = static_cast<std::size_t>(warm_up.readable + done.readable);
    CHECK(ask_until([&] { return answers_in(house) >= readable; }));
    CHECK(answers_in(house) == readable);
    CHECK(done.refused == kCommands / 5);
    for (const auto& message : house.recorder().seen()) {
        if (message.topic == house.names().command_result().name) {
            const auto result = topics::decode<topics::CommandResult>(message.payload);
            REQUIRE(result);
            INFO(message.payload);
            CHECK_FALSE(result->accepted);
            CHECK_FALSE(result->text.empty());
        }
        if (message.topic == house.names().control_overrides().name) {
            CHECK(topics::decode<topics::ControlOverrides>(message.payload)->overrides.empty());
        }
    }
    for (const auto& [service, kb] : memory_of(house)) {
        INFO(service << ": " << before.at(service) << " KiB before, " << kb << " KiB after");
        CHECK(house.is_running(service));
        CHECK(kb - before.at(service) < kMayGrowKb);
        std::cout << service << ": " << before.at(service) << " KiB before, " << kb << " KiB after\n";
    }
    house.command("garage", "mode", R"({"value": "off", "source": "somebody else"})");
    house.await_truth([](const auto& truth) { return truth.evses.at("garage").told_a == 0; });
}
