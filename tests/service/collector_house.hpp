#pragma once

#include "support/broker.hpp"
#include "support/contract_check.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A broker, simulated devices behind real sockets, and a collector that reads them.
namespace sunherd::testing {

class CollectorHouse {
  public:
    /// Site files without `site` and `grid`; what the collector is told may be less than what there is.
    struct Setup {
        std::string simulated;
        std::string told;
        std::vector<std::string> simulator_options{};
    };

    CollectorHouse(std::string collector, const Setup& setup) : collector_name_(std::move(collector)) {
        const std::string head = "site: {id: test}\ngrid: {main_fuse_a: 25}\n";
        write_file(file("simulated.yaml"), head + setup.simulated);
        write_file(file("told.yaml"), head + setup.told);
        auto arguments = command("site-simulator", "simulated.yaml");
        arguments.insert(arguments.end(), setup.simulator_options.begin(), setup.simulator_options.end());
        simulator_ = std::make_unique<Process>(arguments, broker_.environment());
        recorder_.await<topics::ServiceStatus>(
            names_.service_status("site-simulator"),
            [](const auto& status) { return status.status == topics::Presence::online; });
        start_collector();
    }
    /// Everything that was on the broker keeps the contract.
    ~CollectorHouse() {
        for (const auto& message : recorder_.seen()) {
            if (const auto right = check_message(names_, message.topic, message.payload, message.retained);
                !right) {
                FAIL_CHECK(right.error());
            }
        }
    }
    CollectorHouse(const CollectorHouse&) = delete;
    CollectorHouse& operator=(const CollectorHouse&) = delete;

    void start_collector() {
        collector_ = std::make_unique<Process>(command(collector_name_, "told.yaml"), broker_.environment());
    }
    void fault(const std::string& device, const std::string& fault,
               std::optional<double> value = std::nullopt) {
        recorder_.publish(names_.simulator_fault(),
                          topics::SimulatorFault{device, fault, std::nullopt, value});
    }
    topics::Event await_event(const std::string& code, const std::string& device) {
        return recorder_.await<topics::Event>(names_.event(), [&](const topics::Event& event) {
            return event.code == code && event.device == device;
        });
    }
    /// Waits until the collector says so of a device.
    topics::DeviceHealth await_health(const std::string& device, topics::Health health,
                                      std::uint64_t at_least_errors = 0) {
        const auto fits = [&](const topics::ServiceStatus& status) {
            const auto found = status.devices.find(device);
            return found != status.devices.end() && found->second.health == health &&
                   found->second.errors >= at_least_errors;
        };
        return recorder_
            .await<topics::ServiceStatus>(names_.service_status(collector_name_), fits,
                                          std::chrono::seconds(40))
            .devices.at(device);
    }
    std::size_t seen(const std::string& topic) const {
        const auto all = recorder_.seen();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](const auto& message) { return message.topic == topic; }));
    }

    Recorder& recorder() { return recorder_; }
    const topics::Names& names() const { return names_; }
    Process& collector() { return *collector_; }

  private:
    std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
    std::vector<std::string> command(const std::string& program, const std::string& site) const {
        return {SUNHERD_BIN_DIR "/" + program, "--site", file(site).string(), "--state-dir",
                file(program + ".state").string()};
    }

    const std::string collector_name_;
    const topics::Names names_{"sunherd", "test"};
    TemporaryDirectory directory_;
    TestBroker broker_;
    Recorder recorder_{broker_};
    std::unique_ptr<Process> simulator_;
    std::unique_ptr<Process> collector_;
};

}  // namespace sunherd::testing
