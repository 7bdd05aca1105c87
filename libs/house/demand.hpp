#pragma once

#include "house/phases.hpp"
#include "topics/timestamp.hpp"

namespace sunherd::house {

/// What house and sun do at one moment, without EVSEs and battery.
struct Demand {
    PerPhase house_w{};
    double pv_w = 0;
};

/// A recorded trace or the built-in model. Any moment may be asked for, in any order, with the same answer.
class DemandSource {
  public:
    virtual ~DemandSource() = default;
    virtual Demand at(topics::Timestamp time) const = 0;
};

}  // namespace sunherd::house
