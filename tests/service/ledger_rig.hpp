#pragma once

#include "support/broker.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <csignal>

namespace sunherd::testing {

using namespace std::chrono_literals;

constexpr double kChargeW = 7200;

/// A ledger, and an EVSE whose readings are told as fast as they can be: their time is in them.
class LedgerRig {
  public:
    /// environment: more of it, for the ledger.
    explicit LedgerRig(std::map<std::string, std::string> environment = {})
        : environment_(std::move(environment)) {
        write_file(directory_.path() / "site.yaml",
                   "site: {id: home}\ngrid: {main_fuse_a: 25}\ntariff: {energy_per_kwh: 0.3}\nevses:\n"
                   "  - {id: garage, profile: etrel-inch, host: 127.0.0.1, master: true}\n");
        start();
    }
    void start() {
        auto environment = broker_.environment("ledger");
        environment.insert(environment_.begin(), environment_.end());
        process_ =
            std::make_unique<Process>(std::vector<std::string>{SUNHERD_BIN_DIR "/ledger", "--site",
                                                               (directory_.path() / "site.yaml").string(),
                                                               "--state-dir", state_dir().string()},
                                      environment);
        REQUIRE(process_->await_output("connected to broker"));
    }
    void kill() {
        process_->signal(SIGKILL);
        REQUIRE(process_->wait_exit());
    }
    void stop() {
        process_->signal(SIGTERM);
        CHECK(process_->wait_exit() == 0);
    }
    /// One second of the house.
    void second(topics::Iec61851 state, double power_w) {
        now_ += 1s;
        topics::GridReading grid;
        grid.source = "garage";
        grid.time = now_;
        grid.seq = seq_;
        grid.power_w = power_w + 500;
        tell(names.grid(), grid);
        topics::EvseState evse;
        evse.time = now_;
        evse.seq = seq_++;
        evse.state = state;
        evse.power_w = power_w;
        tell(names.evse_state("garage"), evse);
        if (seq_ % 100 == 0) {  // a bus drops what nobody takes as fast as it is told
            recorder().await<topics::EvseState>(names.evse_state("garage"),
                                                [&](const auto& heard) { return heard.seq == evse.seq; });
            recorder().forget();
        }
    }
    void seconds(int count, topics::Iec61851 state, double power_w) {
        for (int i = 0; i < count; ++i) {
            second(state, power_w);
        }
    }
    topics::Session await_end() {
        seconds(10, topics::Iec61851::A, 0);
        return recorder().await<topics::Session>(
            names.session_last("garage"), [](const auto& session) { return session.end_time.has_value(); });
    }
    topics::ServiceStatus await_database(topics::Health health) {
        return recorder().await<topics::ServiceStatus>(
            names.service_status("ledger"), [&](const auto& status) {
                const auto found = status.devices.find("database");
                return found != status.devices.end() && found->second.health == health;
            });
    }
    std::filesystem::path state_dir() const { return directory_.path() / "ledger"; }
    std::filesystem::path file() const { return state_dir() / "ledger.db"; }
    Recorder& recorder() { return *recorder_; }
    bool running() { return process_->running(); }

    const topics::Names names{"sunherd", "home"};

  private:
    /// Not retained: of those a bus sends the newest only where many wait.
    template <class M>
    void tell(const topics::Topic<M>& topic, const M& message) {
        recorder().publish(topic.name, topics::encode(message), false);
    }

    std::map<std::string, std::string> environment_;
    TemporaryDirectory directory_;
    TestBroker broker_{TestBroker::product_accounts()};
    std::unique_ptr<Recorder> recorder_ =
        std::make_unique<Recorder>(broker_, "recorder", TestBroker::password_of("recorder"));
    std::unique_ptr<Process> process_;
    topics::Timestamp now_ = *topics::parse_rfc3339("2026-06-21T10:00:00.000Z");
    std::uint64_t seq_ = 1;
};

}  // namespace sunherd::testing
