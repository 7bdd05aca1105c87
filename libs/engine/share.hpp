#pragma once

#include "engine/allocate.hpp"
#include "engine/draw.hpp"
#include "engine/fuses.hpp"

#include <optional>

namespace sunherd::engine {

/// Held on the safe side.
struct Surplus {
    double usable_w = 0;    ///< what EVSEs may have of the sun, and of batteries that have enough
    double exported_w = 0;  ///< what would leave the site if the EVSEs drew nothing and batteries came first
};

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

/// What there is for EVSEs beside the fuses.
struct Offer {
    std::optional<Surplus> surplus{};  ///< absent: not known
    bool is_sure = false;              ///< the batteries' part of it is known, too
    std::optional<double> import_w{};  ///< no more may be imported, sum of the phases
    bool by_average = false;           ///< that is for the quarter of an hour
    bool spares_battery = false;       ///< `eco` does without its minimum
};

/// Where a mode lets the current come from.
Source source_of(ChargeMode mode);

/// When an EVSE that does not charge may be started again, and why not earlier; absent: at once.
struct Pause {
    Instant until;
    ReasonCode code;
};
std::optional<Pause> pause_of(const Share& share, const Site& site);

/// What the user, the car, the night window and missing knowledge leave of an EVSE's largest current, and
/// why.
Share want(const Evse& evse, const Draw& draw, EvseMemory& memory, const Fuses& fuses, const Site& site,
           const Offer& offer);

/// Offers that it has not followed when they are, or were lately, taken back: its car may not have seen that
/// yet.
double withdrawn_offer(const Share& share, const Site& site);

/// Down to the resolution of its setpoint, so that a limit is never crossed by rounding.
double round_down(double current_a, double step_a);

}  // namespace sunherd::engine
