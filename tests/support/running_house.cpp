#include "support/running_house.hpp"

#include "support/contract_check.hpp"

#include <unistd.h>

#include <csignal>

namespace sunherd::testing {

Loopback::Loopback() {
    static int runs = 0;
    const int number = static_cast<int>(getpid()) * 7 + runs++;
    prefix_ = "127." + std::to_string(20 + number % 200) + "." + std::to_string(number / 200 % 250) + ".";
}

std::string HouseFile::text(const Loopback& loopback) const {
    const auto evse = [&](const std::string& id, int n, const std::string& rest) {
        return "  - {id: " + id + ", profile: etrel-inch, host: " + loopback.host(n) +
               ", read_port: 1502, write_port: 1503, poll_s: " + poll_s + ", mode: " + mode +
               ", priority: " + std::to_string(n) + rest + "}\n";
    };
    std::string yaml = "site: {id: home}\ngrid: {main_fuse_a: " + std::to_string(fuse_a) + "}\nevses:\n";
    yaml += evse("garage", 1, ", master: true, load_guard_poll_s: " + load_guard_poll_s + garage_more);
    if (evses > 1) {
        yaml += evse("left", 2, ", phase_rotation: L2L3L1");
    }
    if (evses > 2) {
        yaml += evse("right", 3, ", phase_rotation: L3L1L2");
    }
    yaml += "devices:\n";
    yaml += "  - {id: roof, profile: sunspec-inverter, role: pv, host: " + loopback.host(10) +
            ", port: 1502, poll_s: " + poll_s + "}\n";
    yaml += "  - {id: cellar, profile: varta, role: battery, host: " + loopback.host(11) +
            ", port: 1502, unit: 255, poll_s: " + poll_s + "}\n";
    yaml += "  - {id: heatpump, profile: eastron-sdm630, role: meter, host: " + loopback.host(12) +
            ", port: 1502, poll_s: " + poll_s + "}\n";
    return yaml + more;
}

const std::vector<std::string>& RunningHouse::service_names() {
    static const std::vector<std::string> names{
        "site-simulator", "building-collector", "evse-collector", "controller", "actuator",
        "influx-bridge",  "ha-discovery",       "ledger",         "api-gateway"};
    return names;
}

RunningHouse::RunningHouse(const HouseFile& file, std::vector<std::string> simulator_options)
    : recorder_(std::make_unique<Recorder>(broker_, kRecorder, TestBroker::password_of(kRecorder))),
      simulator_options_(std::move(simulator_options)) {
    write_file(directory_.path() / "site.yaml", file.text(loopback_));
    start(service_names().front());
    // A fault that is sent before the simulator listens is lost: its first word says that it does.
    recorder_->await(names_.simulator_state().name);
    for (const auto& service : service_names()) {
        if (processes_.count(service) == 0) {
            start(service);
        }
    }
}

std::unique_ptr<RunningHouse> RunningHouse::charging() {
    HouseFile file;
    file.more += "tariff: {slots: market, fees_per_kwh: 0.142, tax_pct: 19, feed_in_per_kwh: 0.078}\n";
    auto house = std::make_unique<RunningHouse>(file);
    house->fault("garage", "plug", 30);
    house->recorder().await<topics::ServiceStatus>(
        house->names().service_status("api-gateway"),
        [](const auto& status) { return status.status == topics::Presence::online; });
    return house;
}

RunningHouse::~RunningHouse() {
    for (auto& [name, process] : processes_) {
        process->signal(SIGTERM);
    }
    for (auto& [name, process] : processes_) {
        process->wait_exit(std::chrono::seconds(3));
    }
}

void RunningHouse::start(const std::string& service) {
    std::vector<std::string> arguments{SUNHERD_BIN_DIR "/" + service, "--site",
                                       (directory_.path() / "site.yaml").string(), "--state-dir",
                                       (directory_.path() / service).string()};
    if (service == "site-simulator") {
        arguments.insert(arguments.end(), simulator_options_.begin(), simulator_options_.end());
    }
    auto environment = broker_.environment(service);
    environment["HTTP_PORT"] = std::to_string(http_port_);
    processes_[service] = std::make_unique<Process>(arguments, environment);
}

void RunningHouse::fault(const std::string& device, const std::string& fault, std::optional<double> value) {
    recorder_->publish(names_.simulator_fault(), topics::SimulatorFault{device, fault, std::nullopt, value});
}

void RunningHouse::command(const std::string& evse, const std::string& name, const std::string& value) {
    recorder_->publish(names_.evse_command(evse, name).name, value);
}

topics::SimulatorState RunningHouse::await_truth(
    const std::function<bool(const topics::SimulatorState&)>& predicate, std::chrono::milliseconds deadline) {
    return recorder_->await<topics::SimulatorState>(names_.simulator_state(), predicate, deadline);
}

topics::Event RunningHouse::await_event(const std::string& code) {
    return recorder_->await<topics::Event>(
        names_.event(), [&](const topics::Event& event) { return event.code == code; },
        std::chrono::seconds(60));
}

std::vector<std::string> RunningHouse::broken_promises() const {
    std::vector<std::string> broken;
    for (const auto& message : recorder_->seen()) {
        if (names_.relative(message.topic) == message.topic) {
            continue;  // Home Assistant's contract, not ours
        }
        if (message.payload.find("publish_refused") != std::string::npos) {
            broken.push_back("the broker refused somebody: " + message.payload);
        }
        if (const auto right = check_message(names_, message.topic, message.payload, message.retained);
            !right) {
            broken.push_back(right.error());
        }
    }
    return broken;
}

}  // namespace sunherd::testing
