#pragma once

#include <algorithm>
#include <cstdint>

namespace sunherd::house {

/// The same number for the same input, spread over all 64 bits (SplitMix64): randomness that can be asked for
/// any moment in any order.
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// 0 … 1 from a seed and two coordinates.
constexpr double uniform_at(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) {
    return static_cast<double>(mix(mix(seed ^ mix(a)) + b) >> 11U) / 9007199254740992.0;
}

/// A value that wanders within ±spread, a little with each step: what makes real readings never
/// bit-identical.
class Wander {
  public:
    Wander(std::uint64_t seed, double spread) : seed_(seed), spread_(spread) {}

    double step() {
        const double push = (uniform_at(seed_, ++count_) - 0.5) * spread_ * 0.2;
        value_ = std::clamp(0.99 * value_ + push, -spread_, spread_);
        return value_;
    }
    double value() const { return value_; }

  private:
    std::uint64_t seed_;
    double spread_;
    std::uint64_t count_ = 0;
    double value_ = 0;
};

}  // namespace sunherd::house
