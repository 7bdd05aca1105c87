#pragma once

#include "energy_counter.hpp"
#include "topics/names.hpp"

#include <array>
#include <map>
#include <string>

namespace sunherd::ha {

/// Counts the energies of everything, and gives the messages of `energy/{id}`. Pure; time comes with the
/// readings.
class EnergyBook {
  public:
    using Moment = EnergyCounter::Moment;

    /// Our own message of before, from the broker.
    void resume(const std::string& id, const topics::EnergyTotals& before);
    void take(const topics::GridReading& reading, Moment at);
    void take_pv(const std::string& id, const topics::PvReading& reading, Moment at);
    void take_battery(const std::string& id, const topics::BatteryReading& reading, Moment at);
    void take_meter(const std::string& id, const topics::MeterReading& reading, Moment at);
    void take_evse(const std::string& id, const topics::EvseState& state, Moment at);

    /// By id; only what has changed since the last call by something that people see.
    std::map<std::string, topics::EnergyTotals> changed();

  private:
    /// Which of a message's energies.
    using Total = std::optional<double> topics::EnergyTotals::*;
    struct Entry {
        std::array<EnergyCounter, 6> counters;
        topics::EnergyTotals told;
    };
    EnergyCounter& counter(const std::string& id, Total total);
    void count(const std::string& id, Total total, const std::optional<double>& counter_wh,
               const std::optional<double>& power_w, Moment at);

    std::map<std::string, Entry> entries_;
};

}  // namespace sunherd::ha
