#pragma once

#include "support/broker.hpp"
#include "topics/names.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// All services together, each with its account and rights: broker, simulated house behind real sockets,
/// collectors, controller, actuator, bridge.
namespace sunherd::testing {

/// Loopback addresses that no other run of this machine uses at the same time: 127.x.y.n.
class Loopback {
  public:
    Loopback();
    std::string host(int n) const { return prefix_ + std::to_string(n); }

  private:
    std::string prefix_;
};

/// Site file of a house with three wall boxes on one master with Load Guard, PV, battery and a heat pump
/// meter.
struct HouseFile {
    double fuse_a = 25;
    std::string poll_s = "1";
    std::string load_guard_poll_s = "0.2";
    std::string mode = "now";
    std::string garage_more;  ///< e.g. `, load_guard_restart: {by: modbus, after_s: 5}`
    std::string more = "solar: {start_delay_s: 2, stop_delay_s: 20}\n";
    int evses = 3;

    std::string text(const Loopback& loopback) const;
};

class RunningHouse {
  public:
    explicit RunningHouse(const HouseFile& file, std::vector<std::string> simulator_options = {});
    /// With a market's prices and a car at the garage; the page is there.
    static std::unique_ptr<RunningHouse> charging();
    /// Stops in order; `broken_promises()` should have been looked at before.
    ~RunningHouse();
    RunningHouse(const RunningHouse&) = delete;
    RunningHouse& operator=(const RunningHouse&) = delete;

    static const std::vector<std::string>& service_names();
    /// Of the broker: who may do everything.
    static constexpr auto kRecorder = "recorder";
    void start(const std::string& service);
    Process& process(const std::string& service) { return *processes_.at(service); }
    bool is_running(const std::string& service) { return processes_.at(service)->running(); }

    void fault(const std::string& device, const std::string& fault,
               std::optional<double> value = std::nullopt);
    void command(const std::string& evse, const std::string& name, const std::string& value);
    /// Waits for the simulated truth to be so.
    topics::SimulatorState await_truth(const std::function<bool(const topics::SimulatorState&)>& predicate,
                                       std::chrono::milliseconds deadline = std::chrono::seconds(60));
    topics::Event await_event(const std::string& code);

    /// Messages on the broker that break the contract, in words.
    std::vector<std::string> broken_promises() const;

    /// Of the gateway: everybody on this machine may command.
    std::uint16_t http_port() const { return http_port_; }
    std::string page_url() const { return "http://127.0.0.1:" + std::to_string(http_port_) + "/"; }

    Recorder& recorder() { return *recorder_; }
    TestBroker& broker() { return broker_; }
    const topics::Names& names() const { return names_; }
    const Loopback& loopback() const { return loopback_; }

  private:
    topics::Names names_{"sunherd", "home"};
    Loopback loopback_;
    TemporaryDirectory directory_;
    TestBroker broker_{TestBroker::product_accounts()};
    std::uint16_t http_port_ = free_port();
    std::unique_ptr<Recorder> recorder_;
    std::vector<std::string> simulator_options_;
    std::map<std::string, std::unique_ptr<Process>> processes_;
};

}  // namespace sunherd::testing
