#pragma once

#include "energy/power_integral.hpp"
#include "topics/messages.hpp"

#include <map>
#include <string>

namespace sunherd::controller {

/// Counts what flows into each EVSE, from its power: many devices' own counters stay at 0, jump or begin
/// anew. No I/O.
class EnergyCount {
  public:
    using Moment = energy::PowerIntegral::Moment;

    /// What came since the last call with something to tell, in steps of at least `kStepWh`; 0 otherwise.
    double take(const std::string& evse, const topics::EvseState& state, Moment received);
    /// True once when a car that was there has left.
    bool has_left(const std::string& evse, const topics::EvseState& state);

    static constexpr double kStepWh = 50;

  private:
    struct Count {
        energy::PowerIntegral flow{};
        double waiting_wh = 0;
        bool connected = false;
    };
    std::map<std::string, Count> counts_;
};

}  // namespace sunherd::controller
