#include "engine/distribute.hpp"

#include <algorithm>
#include <tuple>

namespace sunherd::engine {
namespace {

constexpr double kHairA = 1e-6;

std::vector<Share*> by_importance(std::vector<Share>& shares) {
    std::vector<Share*> order;
    order.reserve(shares.size());
    for (auto& share : shares) {
        order.push_back(&share);
    }
    // By what the user chose, not by `Share::solar`, which missing knowledge changes.
    const auto rank = [](const Share* share) {
        return std::make_tuple(share->evse->mode == ChargeMode::solar, share->evse->priority,
                               std::string_view(share->evse->id));
    };
    std::sort(order.begin(), order.end(),
              [&rank](const Share* one, const Share* other) { return rank(one) < rank(other); });
    return order;
}

Reason fuse_reason(const Fuses& fuses, const Share& share, const Fuses::Room& room) {
    const double wires = share.draw->wires.at(static_cast<std::size_t>(room.phase));
    return {.code = room.circuit == 0 ? ReasonCode::main_fuse : ReasonCode::circuit_fuse,
            .circuit = room.circuit,
            .phase = room.phase,
            .limit_a = fuses.limit_a(room.circuit),
            .over_by_a = std::max(0.0, (share.cap_a - room.current_a) * wires)};
}

class Distribution {
  public:
    Distribution(std::vector<Share>& shares, const Fuses& fuses, const Site& site, Decision& decision)
        : order_(by_importance(shares)), fuses_(fuses), site_(site), decision_(decision) {}

    void run(std::optional<double> surplus_w) {
        for (Share* share : order_) {
            set(*share, 0);  // reserves what must be left for it in any case
            share->reason = share->cap_reason;
        }
        for (Share* share : order_) {
            if (!share->solar || about_to_run(*share)) {
                give_minimum(*share);
            }
        }
        fill_all_but_solar();
        share_surplus(surplus_w);
        fill_all_but_solar();  // what solar EVSEs gave back
    }

  private:
    Fuses::Room room(const Share& share) const {
        auto room = fuses_.room(share.evse->circuit, share.draw->wires);
        room.current_a += share.taken_a;
        return room;
    }

    void set(Share& share, double target_a) {
        const double taken_a = std::max(target_a, share.draw->counted_a);
        fuses_.take(share.evse->circuit, share.draw->wires, taken_a - share.taken_a);
        share.taken_a = taken_a;
        share.target_a = target_a;
    }

    bool give_minimum(Share& share) {
        if (share.cap_a <= 0) {
            return false;
        }
        const auto room = this->room(share);
        const auto pause_until = share.memory->fuse_stopped_at.value_or(site_.now) + site_.timing.fuse_pause;
        const bool pausing = !share.running() && share.memory->fuse_stopped_at && pause_until > site_.now;
        // Room is being made for one that is about to start: a little less is no reason to take that back.
        const bool restarts =
            share.memory->fuse_stopped_at && !share.running() && !share.memory->about_to_start;
        const double wanted_a = share.evse->min_a + (restarts ? site_.timing.restart_room_a : -kHairA);
        if (room.current_a < wanted_a || pausing) {
            share.reason = fuse_reason(fuses_, share, room);
            if (pausing) {
                share.reason.remaining = pause_until - site_.now;
                wake_at(decision_, pause_until);
            }
            return false;
        }
        set(share, share.evse->min_a);
        return true;
    }

    void fill(Share& share, double most_a, const Reason& otherwise) {
        const auto room = this->room(share);
        const double wanted_a = round_down(std::min(share.cap_a, most_a), share.evse->step_a);
        const double target_a = round_down(std::min(wanted_a, room.current_a), share.evse->step_a);
        if (target_a > share.target_a) {
            set(share, target_a);
        }
        if (target_a < wanted_a) {
            share.reason = fuse_reason(fuses_, share, room);
        } else {
            share.reason = wanted_a < share.cap_a ? otherwise : share.cap_reason;
        }
    }

    void fill_all_but_solar() {
        for (Share* share : order_) {
            if (!share->solar && share->target_a > 0) {
                fill(*share, share->cap_a, {});
            }
        }
    }

    bool about_to_run(const Share& share) const {
        const auto& since = share.memory->surplus_since;
        return share.running() || share.memory->about_to_start ||
               (since && site_.now - *since >= site_.timing.start_delay);
    }

    void share_surplus(std::optional<double> surplus_w) {
        double left_w = surplus_w.value_or(0);
        for (const Share* share : order_) {
            if (!share->solar) {
                left_w -= watts(*share, expected_current(*share, share->target_a, site_));
            }
        }
        bool displaced = false;
        for (Share* share : order_) {
            if (share->solar) {
                surplus_w ? start_or_stop(*share, left_w, displaced) : keep(*share);
                left_w -= watts(*share, expected_current(*share, share->target_a, site_));
            }
        }
        for (Share* share : order_) {
            if (share->solar && share->target_a > 0 && surplus_w) {
                left_w = take_surplus(*share, left_w);
            }
        }
    }

    static void keep(Share& share) {
        share.memory->surplus_since.reset();
        share.memory->shortage_since.reset();
    }

    /// displaced: one ahead of it has just started on what it had.
    void start_or_stop(Share& share, double left_w, bool& displaced) {
        if (share.cap_a <= 0) {
            return keep(share);
        }
        const double needed_w = watts(share, share.evse->min_a);
        EvseMemory& memory = *share.memory;
        // Others going down for it make what is left look smaller for a moment.
        const bool runs = share.running() || memory.about_to_start;
        if (runs && share.target_a <= 0) {
            return keep(share);  // stopped by a fuse
        }
        if (runs) {
            return left_w >= needed_w - 1 ? memory.shortage_since.reset()
                                          : run_short(share, left_w, needed_w, displaced);
        }
        if (left_w < needed_w) {
            memory.surplus_since.reset();
            set(share, 0);
            share.reason = {.code = ReasonCode::surplus_low, .power_w = left_w, .needed_w = needed_w};
            return;
        }
        memory.surplus_since = memory.surplus_since.value_or(site_.now);
        memory.shortage_since.reset();
        const auto start_at = *memory.surplus_since + site_.timing.start_delay;
        if (start_at > site_.now) {
            set(share, 0);
            share.reason = {.code = ReasonCode::surplus_waiting,
                            .power_w = left_w,
                            .needed_w = needed_w,
                            .remaining = start_at - site_.now};
            wake_at(decision_, start_at);
        } else if (share.target_a > 0 || give_minimum(share)) {
            displaced = true;
        }
    }

    void run_short(Share& share, double left_w, double needed_w, bool displaced) {
        EvseMemory& memory = *share.memory;
        memory.surplus_since.reset();
        memory.shortage_since = memory.shortage_since.value_or(site_.now);
        const auto stop_at = *memory.shortage_since + site_.timing.stop_delay;
        share.reason = {.code = ReasonCode::surplus_ending,
                        .power_w = left_w,
                        .needed_w = needed_w,
                        .remaining = stop_at - site_.now};
        if (displaced || stop_at <= site_.now) {
            set(share, 0);
            share.reason.code = ReasonCode::surplus_low;
            share.reason.remaining.reset();
            memory.shortage_since.reset();
        } else {
            wake_at(decision_, stop_at);
        }
    }

    double take_surplus(Share& share, double left_w) {
        const double watts_per_amp = watts(share, 1);
        const double had_a = expected_current(share, share.target_a, site_);
        const double most_a = watts_per_amp > 0 ? left_w / watts_per_amp + had_a : 0;
        if (!share.memory->shortage_since) {
            fill(share, most_a, {.code = ReasonCode::surplus, .power_w = left_w + had_a * watts_per_amp});
        }
        return left_w - (expected_current(share, share.target_a, site_) - had_a) * watts_per_amp;
    }

    double watts(const Share& share, double current_a) const {
        return current_a * share.draw->watts_per_amp(voltages(site_));
    }

    std::vector<Share*> order_;
    Fuses fuses_;
    const Site& site_;
    Decision& decision_;
};

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

void distribute(std::vector<Share>& shares, const Fuses& fuses, std::optional<double> surplus_w,
                const Site& site, Decision& decision) {
    Distribution(shares, fuses, site, decision).run(surplus_w);
}

void hold_back_raises(std::vector<Share>& shares, const Fuses& before, const Site& site) {
    Fuses fuses = before;
    for (const Share& share : shares) {
        fuses.take(share.evse->circuit, draws_meanwhile(share, std::min(share.target_a, share.last_a), site));
    }
    for (Share* share : by_importance(shares)) {
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

void wake_at(Decision& decision, Instant at) {
    if (!decision.wake_at || at < *decision.wake_at) {
        decision.wake_at = at;
    }
}

}  // namespace sunherd::engine
