#pragma once

#include "engine/decide.hpp"

#include <optional>

namespace sunherd::engine {

/// What the batteries are to the EVSEs.
struct Batteries {
    std::optional<double>
        power_w{};        ///< of all, + discharging; absent: not known of some; 0 where there is none
    double kept_w = 0;    ///< what comes from batteries that EVSEs get none of, and what is kept for them
    double usable_w = 0;  ///< what the others give (− take) now: EVSEs may have what they take
    double help_w = 0;    ///< what those may give to EVSEs, at most
    bool spared = false;  ///< one is so empty that `eco` does without its minimum
    bool late = false;    ///< a reading in use is older than the grid's
    Instant read_at{};    ///< of the oldest reading
};

/// Looks at them by their charge, each with its hysteresis, and brings what is remembered up to date.
/// grid_w: what is imported; absent: not known.
Batteries observe(const Site& site, std::optional<double> grid_w, std::vector<BatteryMemory>& memories);

}  // namespace sunherd::engine
