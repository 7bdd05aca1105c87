#include "house/phases.hpp"

namespace sunherd::house {

std::optional<PhaseRotation> PhaseRotation::parse(std::string_view text) {
    if (text.empty() || text.size() > 6 || text.size() % 2 != 0) {
        return std::nullopt;
    }
    PhaseRotation rotation;
    rotation.phases_ = text.size() / 2;
    std::array<bool, 3> taken{};
    for (std::size_t own = 0; own < rotation.phases_; ++own) {
        const char letter = text[2 * own];
        const char digit = text[2 * own + 1];
        if (letter != 'L' || digit < '1' || digit > '3') {
            return std::nullopt;
        }
        const auto phase = static_cast<std::size_t>(digit - '1');
        if (taken.at(phase)) {
            return std::nullopt;
        }
        taken.at(phase) = true;
        rotation.site_phase_.at(own) = phase;
    }
    return rotation;
}

}  // namespace sunherd::house
