#pragma once

#include "engine/site.hpp"

#include <string_view>
#include <utility>

namespace sunherd::engine {

/// Why a decision is as it is.
enum class ReasonCode {
    all_known,        ///< site: all readings are fresh
    grid_stale,       ///< no fresh reading of the grid: held at what is safe without
    circuit_stale,    ///< the same for a measured sub-circuit
    evse_silent,      ///< does not answer: counted at what it may draw, not raised
    disobeys,         ///< draws more than it was told: counted at that, not raised
    battery_silent,   ///< surplus can't be told from battery power: not raised
    confirming,       ///< readings are back, but not for long enough to raise
    off,              ///< user's mode
    paused,           ///< user's pause
    standby,          ///< user's rest for the whole site
    target_reached,   ///< the car has the charge it was to have
    max_zero,         ///< its largest current is below its minimum
    night_closed,     ///< no night window open
    no_vehicle,       ///< state A
    evse_error,       ///< state E or F
    max_current,      ///< gets all it may take
    main_fuse,        ///< the main fuse binds
    circuit_fuse,     ///< a sub-circuit's fuse binds
    making_room,      ///< waits until another EVSE has gone down
    surplus,          ///< follows the surplus
    surplus_low,      ///< too little surplus to start
    surplus_waiting,  ///< enough surplus, not yet for long enough
    surplus_ending,   ///< too little surplus, kept at the minimum for a while
    import_limit,     ///< no more may be imported
    excess,           ///< follows what is exported beyond the threshold
    excess_low,       ///< too little is exported beyond the threshold
    average_limit,    ///< no more may be imported in this quarter of an hour
    evse_limit,       ///< all EVSEs together may take no more
    circuit_power,    ///< a sub-circuit may carry no more power
    imbalance,        ///< one phase may not carry so much more than another
    battery_low,      ///< the battery is to be spared
    plan,             ///< the plan, or the price, allows no more now
    plan_missing,     ///< there is no plan
    starts_spent,     ///< has been started often enough for an hour
    changing_phases,  ///< changes between one phase and three
    settled,          ///< a little more would be there, not worth a change yet
};
constexpr auto enum_words(ReasonCode) {
    using namespace std::string_view_literals;
    using enum ReasonCode;
    return std::array{std::pair{all_known, "all_known"sv},
                      std::pair{grid_stale, "grid_stale"sv},
                      std::pair{circuit_stale, "circuit_stale"sv},
                      std::pair{evse_silent, "evse_silent"sv},
                      std::pair{disobeys, "disobeys"sv},
                      std::pair{battery_silent, "battery_silent"sv},
                      std::pair{confirming, "confirming"sv},
                      std::pair{off, "off"sv},
                      std::pair{paused, "paused"sv},
                      std::pair{standby, "standby"sv},
                      std::pair{target_reached, "target_reached"sv},
                      std::pair{max_zero, "max_zero"sv},
                      std::pair{night_closed, "night_closed"sv},
                      std::pair{no_vehicle, "no_vehicle"sv},
                      std::pair{evse_error, "evse_error"sv},
                      std::pair{max_current, "max_current"sv},
                      std::pair{main_fuse, "main_fuse"sv},
                      std::pair{circuit_fuse, "circuit_fuse"sv},
                      std::pair{making_room, "making_room"sv},
                      std::pair{surplus, "surplus"sv},
                      std::pair{surplus_low, "surplus_low"sv},
                      std::pair{surplus_waiting, "surplus_waiting"sv},
                      std::pair{surplus_ending, "surplus_ending"sv},
                      std::pair{import_limit, "import_limit"sv},
                      std::pair{excess, "excess"sv},
                      std::pair{excess_low, "excess_low"sv},
                      std::pair{average_limit, "average_limit"sv},
                      std::pair{evse_limit, "evse_limit"sv},
                      std::pair{circuit_power, "circuit_power"sv},
                      std::pair{imbalance, "imbalance"sv},
                      std::pair{battery_low, "battery_low"sv},
                      std::pair{plan, "plan"sv},
                      std::pair{plan_missing, "plan_missing"sv},
                      std::pair{starts_spent, "starts_spent"sv},
                      std::pair{changing_phases, "changing_phases"sv},
                      std::pair{settled, "settled"sv}};
}

/// Reasons are data; `reason_text.hpp` makes sentences of them.
struct Reason {
    ReasonCode code = ReasonCode::all_known;
    double target_a = 0;           ///< what the EVSE gets for this reason
    std::optional<int> circuit{};  ///< index of the fuse that binds
    std::optional<int> phase{};    ///< 0 = L1
    std::optional<double> limit_a{};
    std::optional<double> over_by_a{};   ///< beyond the limit, now or with the current it wants
    std::optional<double> power_w{};     ///< there is
    std::optional<double> needed_w{};    ///< there would have to be
    std::optional<Instant> remaining{};  ///< until it changes by itself
    std::optional<Instant> age{};        ///< of the reading that is too old
};

}  // namespace sunherd::engine
