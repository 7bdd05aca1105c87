#pragma once

#include "engine/held_load.hpp"
#include "engine/hour_log.hpp"
#include "engine/reason.hpp"
#include "engine/site.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sunherd::engine {

/// What is remembered of an EVSE from one decision to the next.
struct EvseMemory {
    std::string id;
    std::optional<double> target_a{};  ///< last decision; absent: none yet
    double counted_a = 0;              ///< what it may draw per wire while it does not answer
    std::optional<Instant> raised_at{};
    std::optional<Instant> lowered_at{};
    double withdrawn_a = 0;                   ///< an offer it had not followed when it was taken back …
    std::optional<Instant> withdrawn_at{};    ///< … then
    std::optional<Instant> disobeys_since{};  ///< draws more than told, and no less than then
    double disobeys_at_a = 0;
    std::optional<Instant> stuck_since{};
    std::optional<double> stuck_a{};           ///< what it did not go below though told to
    std::optional<Instant> fewer_since{};      ///< uses fewer phases than `car_phases`
    std::optional<Instant> fuse_stopped_at{};  ///< or refused again what it was about to get
    bool about_to_start = false;               ///< as soon as others have gone down
    std::optional<Instant> surplus_since{};    ///< solar: enough to start
    std::optional<Instant> shortage_since{};   ///< solar: too little to go on
    std::array<bool, kPhases> car_phases{true, true, true};
    /// Where it can change between one phase and three.
    int phases = 3;
    std::optional<double> sun_w{};            ///< there was for it; absent: not known, or not asked
    std::optional<Instant> other_since{};     ///< the other would have been better
    std::optional<Instant> changing_since{};  ///< stops to draw …
    std::optional<Instant> changed_at{};      ///< … and things settle
    HourLog switches{};
    HourLog starts{};  ///< that nobody asked for
    /// Smallest and largest current per phase in this and in the last span of a few seconds.
    struct Recent {
        std::array<double, kPhases> low_a{};
        std::array<double, kPhases> high_a{};
    };
    std::array<Recent, 2> recent{};
    std::optional<Instant> recent_since{};
};

struct CircuitMemory {
    std::array<HeldLoad, kPhases> load_a{};  ///< what hangs below this fuse beside the EVSEs
    std::optional<Instant> fresh_since{};    ///< readings without a gap since
    std::optional<Instant> last_read_at{};
    Instant overload{};  ///< of what its curve bears, used up
};

struct BatteryMemory {
    bool is_full = false;                 ///< enough for the EVSEs to come first
    bool helps = false;                   ///< gives them some
    bool is_low = false;                  ///< to be spared
    std::optional<Instant> idle_since{};  ///< gives, or takes, less than it could though there is a need …
    std::optional<Instant> idle_at{};     ///< … and did so for too long
};

/// Energy that was imported in the present quarter of an hour.
struct QuarterMemory {
    std::optional<Instant> ends_at{};
    double imported_ws = 0;
    double power_w = 0;                ///< of the last reading …
    std::optional<Instant> read_at{};  ///< … then
};

/// Everything a decision depends on beside the site. Default: nothing known.
struct Memory {
    std::vector<EvseMemory> evses{};
    std::vector<CircuitMemory> circuits{};
    std::vector<BatteryMemory> batteries{};
    HeldLoad load_w{};    ///< what the site takes from the grid, EVSEs and batteries that may help left out
    HeldLoad export_w{};  ///< the same with batteries first; what is not exported
    QuarterMemory quarter{};
};

struct EvseDecision {
    std::string id;
    double target_a = 0;          ///< 0 = pause, else min_a … max_a
    double fallback_a = 0;        ///< what it may get when nobody renews the target; never above it
    std::optional<int> phases{};  ///< to charge with, 1 or 3; absent: it has no choice
    bool cut_off = false;  ///< does not listen while a fuse is overloaded: end its session by harder means
    Reason reason{};
};

struct Decision {
    EmsState ems_state = EmsState::fault;
    Reason reason{};
    std::optional<double>
        surplus_w;  ///< what would leave the site if the EVSEs drew nothing; battery left out
    std::optional<double> house_w{};
    std::optional<double> pv_w{};
    std::optional<double> battery_w{};
    std::optional<double> evse_w{};
    std::vector<EvseDecision> evses{};  ///< in the site's order
    Memory memory{};
    std::optional<Instant> wake_at{};  ///< when to ask again if nothing else happens
};

/// What holds whatever the modes: on each fuse the targets fit beside the rest of the load, also where a car
/// draws less than told; 0 or at least the minimum; all lowered in one decision, at once; raised only on
/// knowledge that is fresh and has held; applied, it gives the same again.
Decision decide(const Site& site, const Memory& before);
/// The same in place: `decision` is the last one (at first a default one) and becomes the next. Allocates
/// nothing once it has seen as many EVSEs and circuits.
void decide(const Site& site, Decision& decision);

/// A person says that all is well: an EVSE that waits because a fuse stopped it, or because it was started
/// too often, may start again. What keeps fuses safe is not forgotten.
void forget_pauses(Memory& memory, const std::string& evse);

}  // namespace sunherd::engine
