#include "engine/held_load.hpp"

#include <algorithm>

namespace sunherd::engine {

void HeldLoad::follow(const LoadBounds& bounds, Instant read_at, Instant now, Pace pace) {
    if (!value) {
        value = bounds.most;
    }
    value = std::max(*value, bounds.explained);
    if (bounds.least <= *value) {
        rising_since.reset();
    } else {
        rising_least = rising_since ? std::min(rising_least, bounds.least) : bounds.least;
        rising_since = rising_since.value_or(now);
        if (now - *rising_since >= pace.skew - kJitter) {
            value = std::max(*value, rising_least);
            rising_since = now;
            rising_least = bounds.least;
        }
    }
    if (bounds.most >= *value) {
        falling_since.reset();
        return;
    }
    falling_most = falling_since ? std::max(falling_most, bounds.most) : bounds.most;
    falling_since = falling_since.value_or(read_at);
    // By the readings' time, not by now: one odd reading that nothing follows never lowers it.
    if (read_at - *falling_since >= pace.calm - kJitter) {
        value = falling_most;
        falling_since = read_at;
        falling_most = bounds.most;
    }
}

void HeldLoad::resume(double most) {
    value = std::max(value.value_or(most), most);
    rising_since.reset();
    falling_since.reset();
}

}  // namespace sunherd::engine
