#pragma once

#include "engine/allocate.hpp"
#include "engine/draw.hpp"
#include "engine/fuses.hpp"

namespace sunherd::engine {

/// One EVSE on its way to a decision.
struct Share {
    const Evse* evse = nullptr;
    const Draw* draw = nullptr;
    EvseMemory* memory = nullptr;
    Source source = Source::any;  ///< where its current may come from, as things are
    int rank = 0;                 ///< in the order of importance; 0 is the first
    double cap_a = 0;             ///< the most it may get whatever is free; 0 or at least its minimum
    double last_a = 0;            ///< what it was told
    double target_a = 0;          ///< what it gets
    Reason cap_reason{};          ///< why no more than `cap_a`
    Reason reason{};

    /// Begins and ends with the sun.
    bool needs_sun() const { return source == Source::surplus || source == Source::excess; }
    bool running() const { return last_a >= evse->min_a && last_a > 0; }
};

/// Where a mode lets the current come from.
Source source_of(ChargeMode mode);

/// What the user, the car, the night window and missing knowledge leave of an EVSE's largest current, and
/// why.
Share want(const Evse& evse, const Draw& draw, EvseMemory& memory, const Fuses& fuses, const Site& site,
           bool surplus_known);

/// Offers that it has not followed when they are, or were lately, taken back: its car may not have seen that
/// yet.
double withdrawn_offer(const Share& share, const Site& site);

/// Down to the resolution of its setpoint, so that a limit is never crossed by rounding.
double round_down(double current_a, double step_a);

}  // namespace sunherd::engine
