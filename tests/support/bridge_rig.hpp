#pragma once

#include "support/broker.hpp"
#include "support/numbered_load.hpp"
#include "support/real_influx.hpp"

#include <functional>

namespace sunherd::testing {

/// A site file for a bridge: what it writes to stands in `influx`, the section's YAML; empty: in the
/// environment.
std::string bridge_site(const std::string& id, const std::string& influx);
/// influx-bridge with `directory`/site.yaml and its state below it.
std::unique_ptr<Process> run_bridge(const std::filesystem::path& directory,
                                    const std::map<std::string, std::string>& environment);
/// `sunherdctl influx-init` with our tasks.
std::unique_ptr<Process> run_influx_init(const RealInflux& influx, const std::filesystem::path& secrets);

/// Broker, bridge and a numbered load on site `test`; the database is whatever `url` names.
class BridgeRig {
  public:
    /// influx_more: more keys for the site file's `influx`, e.g. `, spool_mb: 4`.
    explicit BridgeRig(const std::string& url, const std::string& influx_more = "",
                       std::map<std::string, std::string> environment = {});

    void start_bridge();
    void kill_bridge();
    Process& bridge() { return *bridge_; }
    TestBroker& broker() { return broker_; }
    NumberedLoad& load() { return *load_; }
    std::filesystem::path state() const { return directory_.path() / "state"; }
    /// The bridge's newest status; `await` until it is as wanted.
    topics::ServiceStatus await_status(const std::function<bool(const topics::ServiceStatus&)>& wanted,
                                       std::chrono::milliseconds deadline = kDeadline);
    static std::uint64_t count(const topics::ServiceStatus& status, const std::string& counter);
    Recorder& recorder() { return *recorder_; }

  private:
    TemporaryDirectory directory_;
    TestBroker broker_;
    std::map<std::string, std::string> environment_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<Process> bridge_;
    std::unique_ptr<NumberedLoad> load_;
};

/// What of a numbered load is in the database: how many points, and the sum of their numbers. Of 1 … n
/// without loss and without double these are n and n (n + 1) / 2.
struct Stored {
    std::uint64_t points = 0;
    std::uint64_t sum = 0;
    bool is_all_of(std::uint64_t n) const { return points == n && sum == n * (n + 1) / 2; }
};
Stored stored(RealInflux& influx);
/// Waits until so many points are there.
Stored await_stored(RealInflux& influx, std::uint64_t points, std::chrono::seconds deadline);

}  // namespace sunherd::testing
