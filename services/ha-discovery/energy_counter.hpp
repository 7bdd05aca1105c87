#pragma once

#include "energy/power_integral.hpp"

#include <optional>

namespace sunherd::ha {

/// A count of energy that never decreases, whatever the device does: from its own counter where it has one,
/// else from its power. A counter that began anew, or jumped to what can't be true, goes on from where the
/// count was. Pure.
class EnergyCounter {
  public:
    using Moment = energy::PowerIntegral::Moment;

    /// What was published before a restart: the count is never below it.
    void resume(double total_wh);
    /// A reading of the device's own counter.
    void count(double counter_wh, Moment at);
    /// A reading of the power; what is negative counts as 0. Of no effect once a counter was read.
    void flow(double power_w, Moment at);

    /// Absent until there is something to count.
    std::optional<double> total_wh() const { return total_wh_; }

  private:
    std::optional<double> total_wh_{};
    std::optional<double> counter_wh_{};
    Moment counted_at_{};  ///< of `counter_wh_`
    energy::PowerIntegral flow_{};
};

}  // namespace sunherd::ha
