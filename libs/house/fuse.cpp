#include "house/fuse.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::house {
namespace {

/// In squares of the rated current: just above 1.13².
constexpr double kTripHeat = 1.28;
/// From cold, 1.45 × then trips after 9 minutes, 2 × after 4.
constexpr double kTimeConstantS = 600;

}  // namespace

void Fuse::step(double dt_s, const PerPhase& current_a) {
    const double kept = std::exp(-dt_s / kTimeConstantS);
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const double ratio = current_a.at(phase) / rated_a_;
        heat_.at(phase) = ratio * ratio + (heat_.at(phase) - ratio * ratio) * kept;
    }
}

double Fuse::heat_pct() const {
    return 100 * std::max({heat_[0], heat_[1], heat_[2]}) / kTripHeat;
}

}  // namespace sunherd::house
