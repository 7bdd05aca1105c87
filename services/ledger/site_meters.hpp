#pragma once

#include "history/rows.hpp"
#include "sessions/mix.hpp"
#include "site/site.hpp"
#include "topics/messages.hpp"

#include <functional>
#include <map>
#include <string>

namespace sunherd::ledger {

using topics::Timestamp;

/// Energies of grid, PV and batteries, and where the EVSEs' power comes from just now. Pure.
class SiteMeters {
  public:
    /// A reading says how it is for so long, or until three of its device's are missing.
    static constexpr std::chrono::seconds kFresh{30};
    /// Whatever sends: more devices are not measured.
    static constexpr std::size_t kMostDevices = 100;

    /// Which energy of a balance a meter counts.
    using Counted = double history::Balance::*;
    /// Takes what flowed.
    using Sink = std::function<void(Counted, const energy::Flow&)>;

    explicit SiteMeters(const site::Site& site);

    /// elapsed_s: since the reading before of the same topic, by a clock that nobody sets.
    void take(const topics::GridReading& reading, std::optional<double> elapsed_s,
              const energy::Buckets& buckets, const Sink& sink);
    void take_pv(const std::string& id, const topics::PvReading& reading, std::optional<double> elapsed_s,
                 const energy::Buckets& buckets, const Sink& sink);
    void take_battery(const std::string& id, const topics::BatteryReading& reading,
                      std::optional<double> elapsed_s, const energy::Buckets& buckets, const Sink& sink);
    void note_evse(const std::string& id, Timestamp time, double power_w);
    /// What of an EVSE lies further apart is a silence.
    double longest_gap_of_evse_s(const std::string& id) const;

    /// Nothing known where the grid reading is not fresh. PV and batteries that say nothing do nothing:
    /// inverters sleep at night.
    energy::Mix mix(Timestamp now) const;

    /// All that has to survive a restart, by name.
    std::map<std::string, energy::EnergyMeter::State> states() const;
    void resume(const std::map<std::string, energy::EnergyMeter::State>& states);

  private:
    using Milliseconds = std::chrono::milliseconds;
    struct Power {
        Timestamp time{};
        double power_w = 0;
        Milliseconds fresh{};
        bool is_fresh(Timestamp now) const;
    };
    using Powers = std::map<std::string, Power>;
    /// How often each is asked, by its id.
    using Polls = std::map<std::string, Milliseconds>;
    void count(const std::string& name, Counted counted, energy::EnergyMeter::Reading reading,
               const energy::Buckets& buckets, const Sink& sink);
    static void note(Powers& powers, const std::string& id, Timestamp time, std::optional<double> power_w,
                     Milliseconds poll);
    static double sum(const Powers& powers, Timestamp now);

    Milliseconds grid_poll_{};
    Polls device_polls_;
    Polls evse_polls_;
    std::map<std::string, energy::EnergyMeter> meters_;
    Powers grid_;
    Powers pv_;
    Powers batteries_;
    Powers evses_;
};

}  // namespace sunherd::ledger
