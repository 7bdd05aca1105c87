#pragma once

#include "support/broker.hpp"
#include "support/contract_check.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

/// The actuator with a broker and simulated wall boxes behind real sockets; the test is the controller.
namespace sunherd::testing {

class ActuatorRig {
  public:
    struct Setup {
        std::string garage_more{};  ///< e.g. `, refresh_s: 5`
        std::string left_mode = "now";
        std::string timeout_s = "0.5";
        std::string simulated_more{};  ///< EVSEs that the actuator's file does not have
        std::string more{};            ///< of the actuator's file, e.g. discovery
        std::vector<std::string> simulator_options{};
        bool start = true;  ///< the actuator
    };

    ActuatorRig() : ActuatorRig(Setup{}) {}
    explicit ActuatorRig(const Setup& setup) {
        const auto evse = [&](const std::string& id, const std::string& mode, const std::string& rest) {
            return "  - {id: " + id +
                   ", profile: etrel-inch, host: 127.0.0.1, timeout_s: " + setup.timeout_s +
                   ", read_port: " + std::to_string(free_port()) +
                   ", write_port: " + std::to_string(free_port()) + ", mode: " + mode + rest + "}\n";
        };
        const auto site = "site: {id: test}\ngrid: {main_fuse_a: 50}\nevses:\n" +
                          evse("garage", "now", ", master: true" + setup.garage_more) +
                          evse("left", setup.left_mode, "");
        write_file(directory_.path() / "site-simulator.yaml", site + setup.simulated_more);
        write_file(directory_.path() / "actuator.yaml", site + setup.more);
        auto arguments = command("site-simulator");
        arguments.insert(arguments.end(), setup.simulator_options.begin(), setup.simulator_options.end());
        simulator_ = std::make_unique<Process>(arguments, broker_.environment());
        recorder_.await(names_.simulator_state().name);
        if (setup.start) {
            start();
            await_online();
        }
    }
    /// Whatever it was told: what it says keeps the contract.
    ~ActuatorRig() {
        for (const auto& message : recorder_.seen()) {
            const auto topic = names_.parse(message.topic);
            const bool ours =
                topic &&
                (topic->kind == topics::Kind::evse_applied || topic->kind == topics::Kind::action_applied ||
                 topic->kind == topics::Kind::event || topic->kind == topics::Kind::service_status);
            if (const auto right = check_message(names_, message.topic, message.payload, message.retained);
                ours && !right) {
                FAIL_CHECK(right.error());
            }
        }
    }
    ActuatorRig(const ActuatorRig&) = delete;
    ActuatorRig& operator=(const ActuatorRig&) = delete;

    void start() { actuator_ = std::make_unique<Process>(command("actuator"), broker_.environment()); }
    void await_online() {
        recorder_.await<topics::ServiceStatus>(names_.service_status("actuator"), [this](const auto& status) {
            return status.pid == static_cast<int>(actuator_->pid());
        });
    }
    Process& actuator() { return *actuator_; }
    Process& simulator() { return *simulator_; }
    Recorder& recorder() { return recorder_; }
    TestBroker& broker() { return broker_; }
    const topics::Names& names() const { return names_; }

    static topics::Timestamp now() {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    /// A lease of a minute with a fallback of 6 A, newer than all before.
    topics::EvseSetpoint setpoint(double current_a) {
        topics::EvseSetpoint setpoint;
        setpoint.time = now();
        setpoint.seq = ++seq_;
        setpoint.epoch = 100;
        setpoint.current_a = current_a;
        setpoint.ttl_ms = 60000;
        setpoint.fallback_current_a = 6;
        return setpoint;
    }
    void say(const topics::EvseSetpoint& setpoint, const std::string& evse = "garage") {
        recorder_.publish(names_.evse_setpoint(evse), setpoint);
    }
    void say(double current_a) { say(setpoint(current_a)); }
    void fault(const std::string& device, const std::string& fault,
               std::optional<double> value = std::nullopt) {
        recorder_.publish(names_.simulator_fault(),
                          topics::SimulatorFault{device, fault, std::nullopt, value});
    }

    topics::EvseApplied await_applied(topics::ApplyResult result, double current_a,
                                      const std::string& evse = "garage",
                                      std::chrono::milliseconds deadline = kDeadline) {
        return recorder_.await<topics::EvseApplied>(
            names_.evse_applied(evse),
            [&](const auto& applied) { return applied.result == result && applied.current_a == current_a; },
            deadline);
    }
    topics::EvseApplied await_ignored(const std::string& why) {
        return recorder_.await<topics::EvseApplied>(names_.evse_applied("garage"), [&](const auto& applied) {
            return applied.result == topics::ApplyResult::ignored &&
                   applied.reason.value_or("").find(why) != std::string::npos;
        });
    }
    void await_told(double current_a, const std::string& evse = "garage") {
        recorder_.await<topics::SimulatorState>(names_.simulator_state(), [&](const auto& truth) {
            const auto car = truth.evses.find(evse);
            return car != truth.evses.end() && std::abs(car->second.told_a - current_a) < 0.01;
        });
    }
    /// Lets real time pass, as the simulated house sees it; calls `each` once a second.
    void live(
        std::chrono::milliseconds time, const std::function<void()>& each = [] {}) {
        std::optional<topics::Timestamp> first;
        recorder_.forget();
        recorder_.await<topics::SimulatorState>(
            names_.simulator_state(),
            [&](const auto& truth) {
                each();
                first = first.value_or(truth.time);
                return truth.time - *first >= time;
            },
            time + kDeadline);
    }
    void await_event(const std::string& code) {
        recorder_.await<topics::Event>(names_.event(),
                                       [&](const topics::Event& event) { return event.code == code; });
    }
    /// All the actuator said about an EVSE so far.
    std::vector<topics::EvseApplied> all_applied(const std::string& evse = "garage") const {
        std::vector<topics::EvseApplied> all;
        for (const auto& message : recorder_.seen()) {
            if (message.topic == names_.evse_applied(evse).name) {
                all.push_back(topics::decode<topics::EvseApplied>(message.payload).value());
            }
        }
        return all;
    }
    std::ptrdiff_t count_events(const std::string& code) const {
        const auto seen = recorder_.seen();
        return std::count_if(seen.begin(), seen.end(), [&](const auto& message) {
            const auto event = topics::decode<topics::Event>(message.payload);
            return message.topic == names_.event().name && event && event->code == code;
        });
    }

  private:
    std::vector<std::string> command(const std::string& service) const {
        const auto own = (directory_.path() / service).string();
        return {SUNHERD_BIN_DIR "/" + service, "--site", own + ".yaml", "--state-dir", own};
    }

    topics::Names names_{"sunherd", "test"};
    TemporaryDirectory directory_;
    TestBroker broker_;
    Recorder recorder_{broker_};
    std::unique_ptr<Process> simulator_;
    std::unique_ptr<Process> actuator_;
    std::uint64_t seq_ = 0;
};

}  // namespace sunherd::testing
