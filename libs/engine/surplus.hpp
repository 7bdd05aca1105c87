#pragma once

#include "engine/batteries.hpp"
#include "engine/share.hpp"

namespace sunherd::engine {

/// The site's power, as far as its readings tell.
struct Power {
    std::optional<double> grid_w{};
    std::optional<double> pv_w{};
    Batteries batteries{};
    double evse_w = 0;  ///< of those that answer
    /// What EVSEs may have: what would leave the site if they drew nothing. What a battery below its target
    /// takes stays the battery's, and what it gives is no surplus; the others come after the EVSEs and help.
    std::optional<double> surplus_w{};
};
Power measure_power(const Site& site, const std::vector<Draw>& draws, Memory& memory);

/// Held on the safe side; brings what is remembered up to date. Absent: not known.
std::optional<Surplus> held_surplus(const Site& site, const std::vector<Draw>& draws, const Power& power,
                                    Memory& memory);

/// What an EVSE will draw per wire, whatever it is told: at least what it draws where it does not listen, at
/// most a little more than it has long drawn where its car takes less than it was told.
struct Expected {
    double least_a = 0;
    double most_a = kNoLimit;
};
Expected expected_draw(const Share& share, const Site& site);

}  // namespace sunherd::engine
