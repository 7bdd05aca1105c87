#pragma once

#include "energy/energy_meter.hpp"

#include <optional>

/// Charging sessions: what flowed, from where, and what it cost. Pure.
namespace sunherd::sessions {

/// What flows at a moment, W: grid + on import, battery + while it discharges.
struct SiteFlows {
    double grid_w = 0;
    double pv_w = 0;
    double battery_w = 0;
    double evse_w = 0;  ///< all of them together
};

/// Where the EVSEs' energy comes from. The house has the sun first, then the battery; EVSEs have what is left
/// of them, as `solar` and `eco` give it out, and the rest from the grid. All EVSEs have the same mix. A
/// battery that charges is the last to be served. Where the readings don't fit, a part is nobody's.
energy::Mix mix_of(const SiteFlows& flows);

}  // namespace sunherd::sessions
