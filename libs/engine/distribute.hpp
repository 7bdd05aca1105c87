#pragma once

#include "engine/surplus.hpp"

namespace sunherd::engine {

/// Gives each EVSE its target, by (mode, priority, id): first the minimum to each in this order, as far as
/// fuses and surplus allow, then to the first as much as it can take, and so on. Where the surplus is not
/// known, those that need it keep at most what they have.
void distribute(const std::vector<Share*>& order, const Fuses& fuses, const Offer& offer, const Site& site,
                Decision& decision);

/// Keeps back raises that another EVSE's late lowering, or a step not worth a change, does not allow yet.
void hold_back_raises(const std::vector<Share*>& order, const Fuses& fuses, const Site& site);

/// The most important one first; also notes their ranks.
void order_by_importance(std::vector<Share>& shares, std::vector<Share*>& order);

/// Notes an instant at which a decision may change by itself.
void wake_at(Decision& decision, Instant at);

}  // namespace sunherd::engine
