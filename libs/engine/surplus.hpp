#pragma once

#include "engine/share.hpp"

namespace sunherd::engine {

/// The site's power, as far as its readings tell.
struct Power {
    std::optional<double> grid_w{};
    std::optional<double> pv_w{};
    std::optional<double> battery_w{};  ///< + discharging; 0 where there is none
    double evse_w = 0;                  ///< of those that answer
    /// What would leave the site if the EVSEs drew nothing. What a battery takes stays the battery's, and
    /// what it gives is no surplus.
    std::optional<double> surplus_w{};
};
Power measure_power(const Site& site, const std::vector<Draw>& draws);

/// Held on the safe side; brings what is remembered up to date. Absent: not known.
std::optional<double> usable_surplus(const Site& site, const std::vector<Draw>& draws, const Power& power,
                                     Memory& memory);

/// What an EVSE told `current_a` will draw: less where its car has long taken less than it was told.
double expected_current(const Share& share, double current_a, const Site& site);

}  // namespace sunherd::engine
