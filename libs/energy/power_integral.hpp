#pragma once

#include <chrono>
#include <optional>

/// Energy from power. Pure; time comes with the readings.
namespace sunherd::energy {

/// Between two readings the power is taken for their mean, but over a silence for no longer than a minute:
/// then it is not known. What is negative counts as 0.
class PowerIntegral {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    /// What flowed since the last reading, Wh; 0 for the first, and for a power that is no number.
    double add(double power_w, Moment at);

  private:
    std::optional<Moment> at_{};
    double power_w_ = 0;
};

/// No building has more.
inline constexpr double kMostW = 1e6;

}  // namespace sunherd::energy
