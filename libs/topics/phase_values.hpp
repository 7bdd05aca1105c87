#pragma once

#include <array>
#include <optional>

namespace sunherd::topics {

/// One value per phase of the *site* (L1, L2, L3). An absent phase is not known, or not there; it is never 0.
/// In JSON an object: `{"L1": 6.1, "L3": 0}`.
struct PhaseValues {
    std::array<std::optional<double>, 3> phase;

    std::optional<double>& operator[](int index) { return phase.at(static_cast<std::size_t>(index)); }
    const std::optional<double>& operator[](int index) const {
        return phase.at(static_cast<std::size_t>(index));
    }
    bool empty() const { return !phase[0] && !phase[1] && !phase[2]; }
    bool operator==(const PhaseValues&) const = default;
};

}  // namespace sunherd::topics
