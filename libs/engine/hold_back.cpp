#include "engine/distribute.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

/// What an EVSE draws until it has followed: the most it may.
PerPhase draws_meanwhile(const Share& share, double kept_a, const Site& site) {
    PerPhase current_a{};
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double told_a =
            std::max({kept_a, share.draw->counted_a, withdrawn_offer(share, site)}) * share.draw->wires.at(p);
        current_a.at(p) = share.draw->answers ? std::max(told_a, share.draw->read_a.at(p)) : told_a;
    }
    return current_a;
}

bool is_too_small(const Share& share, const Site& site) {
    return share.running() && share.target_a - share.last_a < site.timing.raise_step_a &&
           share.target_a < share.cap_a;
}

}  // namespace

void hold_back_raises(const std::vector<Share*>& order, const Fuses& before, const Site& site) {
    thread_local Fuses fuses;  // kept for its memory alone
    fuses = before;
    for (const Share* share : order) {
        fuses.take(share->evse->circuit,
                   draws_meanwhile(*share, std::min(share->target_a, share->last_a), site));
    }
    for (Share* share : order) {
        if (share->target_a <= share->last_a) {
            continue;
        }
        const double kept_a = share->running() ? share->last_a : 0;
        if (is_too_small(*share, site)) {
            share->target_a = kept_a;
            share->reason.code = ReasonCode::settled;
            continue;
        }
        const double drawn_a =
            std::max({kept_a, share->draw->counted_a, share->draw->withdrawn_a, share->draw->wire_a});
        const auto room = fuses.room(share->evse->circuit, share->draw->wires);
        const double possible_a = round_down(drawn_a + room.current_a, share->evse->step_a);
        if (possible_a < share->target_a) {
            const double raised_a = std::max(kept_a, possible_a);
            share->target_a = raised_a < share->evse->min_a ? 0 : raised_a;
            share->reason.code = ReasonCode::making_room;
            share->reason.circuit = room.circuit;
            share->reason.phase = room.phase;
        }
        fuses.take(share->evse->circuit, share->draw->wires, std::max(0.0, share->target_a - drawn_a));
    }
}

}  // namespace sunherd::engine
