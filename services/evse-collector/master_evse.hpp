#pragma once

#include "load_guard_watchdog.hpp"
#include "polled_evse.hpp"
#include "polling/frozen_guard.hpp"

#include <functional>
#include <optional>
#include <string>

namespace sunherd {

/// The EVSE that leads a cluster. Besides its own charger it yields the Load Guard, which becomes
/// `building/grid`: only when the master says that one is installed and connected, and when its registers are
/// alive. Otherwise nothing is published, the last reading gets old, and the watchdog takes care. On the
/// connection it shares with the charger the Load Guard goes first.
class MasterEvse : public PolledEvse {
  public:
    /// `cluster_draws`: on the loop, amperes of all phases of all EVSEs of the cluster.
    MasterEvse(service::Context& context, polling::Poller& poller, const site::Evse& config,
               std::function<void(double)> cluster_draws);

  protected:
    void polled(const polling::Polled& charger) override;
    void layout_known(site::PortLayout layout) override;
    void layout_unknown(const std::string& why) override;

  private:
    /// Polls something that the master knows over the port where it answers that.
    void poll(std::uint16_t port, const std::string& profile, std::chrono::milliseconds period, bool urgent,
              std::function<void(const polling::Polled&)> take);
    void take_cluster(const polling::Polled& polled);
    void take_load_guard(const polling::Polled& polled);
    /// What is wrong with the Load Guard's reading; nullopt = nothing.
    std::optional<std::string> trouble(const polling::Polled& polled);
    /// Whose fault a missing reading is; nullopt while that can't be told.
    std::optional<LoadGuardWatchdog::Seen> blame(const polling::Polled& polled) const;
    void watch(LoadGuardWatchdog::Seen seen, polling::TimePoint at, const std::string& trouble);

    const std::string load_guard_id_;
    const std::function<void(double)> cluster_draws_;
    polling::FrozenGuard frozen_;
    LoadGuardWatchdog watchdog_;
    bool installed_ = true;  // the site file says so; the master knows better
    std::optional<polling::TimePoint> lost_since_;
    struct {
        polling::TimePoint at{};
        bool answered = false;
    } last_charger_poll_;
};

}  // namespace sunherd
