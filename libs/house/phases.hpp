#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sunherd::house {

/// One value for each phase of the site: L1, L2, L3.
using PerPhase = std::array<double, 3>;

constexpr double sum(const PerPhase& values) {
    return values[0] + values[1] + values[2];
}

constexpr PerPhase evenly(double total) {
    return {total / 3, total / 3, total / 3};
}

/// Which phases of the site the own L1, L2, L3 of a device hang on.
class PhaseRotation {
  public:
    /// `L1L2L3`, `L3L1L2`, `L2` …; nullopt for anything else, also where a phase stands twice.
    static std::optional<PhaseRotation> parse(std::string_view text);

    std::size_t phases() const { return phases_; }
    /// own: 0-based, below phases().
    std::size_t site_phase(std::size_t own) const { return site_phase_.at(own); }

  private:
    std::array<std::size_t, 3> site_phase_{0, 1, 2};
    std::size_t phases_ = 3;
};

}  // namespace sunherd::house
