#pragma once

#include "engine/decide.hpp"

namespace sunherd::engine {

/// What one EVSE draws and may draw, per site phase.
struct Draw {
    bool answers = false;               ///< its state is fresh
    bool has_vehicle = false;           ///< or may have one
    bool disobeys = false;              ///< has drawn more than told for too long
    bool cut_off = false;               ///< for much too long, and a fuse is overloaded
    std::optional<Instant> changing{};  ///< between one phase and three, for so long at most
    PerPhase wires{};                   ///< how many of its wires the car uses on each site phase
    PerPhase all_wires{};               ///< how many it has there
    PerPhase least_a{};                 ///< it surely drew when the grid was read
    PerPhase read_a{};                  ///< by its readings, or the most it may draw where there are none
    PerPhase lag_a{};                   ///< its readings may be behind by so much, as it is rising
    PerPhase unseen_a{};                ///< more that its readings may not show yet
    double wire_a = 0;                  ///< largest measured current of a wire
    double told_a = 0;                  ///< limit in force by the last decision or the device's word
    double withdrawn_a = 0;             ///< an offer that was taken back, but may still be followed
    double counted_a = 0;               ///< per wire, must be left free for it whatever is decided now

    /// Amperes into watts, over the wires the car uses.
    double watts_per_amp(const PerPhase& voltage_v) const;
};

/// Looks at one EVSE and brings what is remembered of it up to date.
Draw observe(const Evse& evse, const Site& site, EvseMemory& memory);

/// Measured, or nominal where not.
PerPhase voltages(const Site& site);

/// Absent where not a finite number.
std::optional<double> finite(const std::optional<double>& value);

/// Of a circuit below the main fuse; the main fuse where the site names none that stands before it.
int parent_of(const Site& site, int circuit);

bool is_fresh(const std::optional<Instant>& read_at, Instant stale_after, Instant now);

}  // namespace sunherd::engine
