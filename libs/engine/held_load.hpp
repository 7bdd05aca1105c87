#pragma once

#include "engine/site.hpp"

namespace sunherd::engine {

/// Readings come a little early or late: five of them, one a second, span five seconds all the same. Else
/// chance would decide whether it is the fifth or the sixth that counts.
constexpr Instant kJitter{50};

/// What a reading says of a load that was not measured itself but is left when the EVSEs' draws are
/// subtracted.
struct LoadBounds {
    /// Least it can be if EVSEs do whatever their readings may not show yet; −∞: nothing is sure at once.
    double explained;
    double least;  ///< least it can be by the EVSEs' readings
    double most;   ///< if EVSEs of doubtful draw draw nothing
};

/// Such a load, held on the safe side: up at once (after `skew` where an EVSE may be the cause), down only
/// after it has been lower in all readings for `calm`.
struct HeldLoad {
    std::optional<double> value{};
    std::optional<Instant> rising_since{};
    double rising_least = 0;  ///< since then
    std::optional<Instant> falling_since{};
    double falling_most = 0;

    struct Pace {
        Instant skew;
        Instant calm;
    };
    void follow(const LoadBounds& bounds, Instant read_at, Instant now, Pace pace);
    /// Readings are back after a gap: nothing may have become less meanwhile.
    void resume(double most);
};

}  // namespace sunherd::engine
