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

/// What an EVSE will draw per wire, whatever it is told: at least what it draws where it does not listen, at
/// most a little more than it has long drawn where its car takes less than it was told.
struct Expected {
    double least_a = 0;
    double most_a = kNoLimit;
};
Expected expected_draw(const Share& share, const Site& site);

}  // namespace sunherd::engine
