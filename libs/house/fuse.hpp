#pragma once

#include "house/phases.hpp"

namespace sunherd::house {

/// The heat of a main fuse (gG) or breaker, per phase: a body warmed by the square of the current. 1.13 × the
/// rated current can flow for ever, 1.45 × trips within the hour (IEC 60898 / 60269 test currents), 2 ×
/// within minutes.
class Fuse {
  public:
    explicit Fuse(double rated_a) : rated_a_(rated_a) {}

    /// dt_s: real seconds.
    void step(double dt_s, const PerPhase& current_a);
    /// Of the hottest phase; at 100 it would have tripped.
    double heat_pct() const;

  private:
    double rated_a_;
    PerPhase heat_{};
};

}  // namespace sunherd::house
