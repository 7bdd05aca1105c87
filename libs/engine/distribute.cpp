#include "engine/distribute.hpp"

#include <algorithm>
#include <tuple>

namespace sunherd::engine {
namespace {

/// For a surplus that falls a hair below the minimum nobody ends.
constexpr double kSlackA = 0.005;

std::vector<Share*> by_importance(std::vector<Share>& shares) {
    std::vector<Share*> order;
    order.reserve(shares.size());
    for (auto& share : shares) {
        order.push_back(&share);
    }
    // By what the user chose, not by `Share::source`, which missing knowledge changes.
    const auto key = [](const Share* share) {
        return std::make_tuple(source_of(share->evse->mode), share->evse->priority,
                               std::string_view(share->evse->id));
    };
    std::sort(order.begin(), order.end(),
              [&key](const Share* one, const Share* other) { return key(one) < key(other); });
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i]->rank = static_cast<int>(i);
    }
    return order;
}

/// The allocation, and what time adds to it: the sun must have shone for a while before an EVSE begins, and
/// be gone for a while before it ends; one that a fuse has stopped pauses.
class Handout {
  public:
    Handout(std::vector<Share>& shares, const Fuses& fuses, std::optional<double> surplus_w, const Site& site,
            Decision& decision)
        : order_(by_importance(shares)),
          fuses_(fuses),
          site_(site),
          decision_(decision),
          known_(surplus_w.has_value()) {
        supply(surplus_w.value_or(0));
        limits_.clear();
        for (int c = 1; static_cast<std::size_t>(c) < site.circuits.size(); ++c) {
            limits_.push_back({.limit_a = fuses.limit_a(c), .base_a = fuses.load_a(c)});
        }
        loads_.clear();
        for (const Share* share : order_) {
            loads_.push_back(load(*share));
        }
        kept_.assign(order_.size(), false);
    }

    void run() {
        ask();
        if (wait_for_sun()) {
            ask();
        }
        while (keep_without_sun()) {
            ask();
        }
        for (std::size_t i = 0; i < order_.size(); ++i) {
            conclude(*order_[i], (*results_)[i], kept_[i]);
        }
    }

  private:
    double volts() const { return site_.nominal_voltage_v > 0 ? site_.nominal_voltage_v : 230; }
    double watts(const Share& share, double current_a) const {
        return current_a * share.draw->watts_per_amp(voltages(site_));
    }

    void supply(double surplus_w) {
        supply_.phases = site_.phases;
        supply_.fuse_a = fuses_.limit_a(0);
        supply_.base_a = fuses_.load_a(0);
        if (const auto import_w = finite(site_.max_import_w)) {
            supply_.import_a = std::max(0.0, *import_w) / volts();
        }
        supply_.surplus_a = supply_.export_a = surplus_w / volts();
        supply_.excess_a = (surplus_w - site_.excess_threshold_w) / volts();
    }

    Load load(const Share& share) const {
        Load load;
        load.path.wires = share.draw->wires;
        const bool fits = fuses_.path(share.evse->circuit, load.path);
        load.min_a = share.evse->min_a;
        load.max_a = share.cap_a;
        load.step_a = share.evse->step_a > 0 ? share.evse->step_a : 0.1;
        load.rank = share.rank;
        load.source = share.source;
        load.active = fits && share.cap_a > 0 && !pauses(share);
        load.held_a = share.draw->counted_a;
        const auto expected = expected_draw(share, site_);
        load.sun_least_a = expected.least_a;
        load.sun_most_a = expected.most_a;
        if (expected.most_a < kNoLimit && share.source != Source::any) {
            load.max_a = std::min(load.max_a, std::max(load.min_a, share.last_a));  // it would not take more
        }
        load.sun_wires = share.draw->watts_per_amp(voltages(site_)) / volts();
        // Room is being made for one that is about to start: a little less is no reason to take that back.
        const bool restarts =
            share.memory->fuse_stopped_at && !share.running() && !share.memory->about_to_start;
        load.begin_room_a = restarts ? site_.timing.restart_room_a : 0;
        load.sun_slack_a = runs(share) ? kSlackA : 0;
        if (!known_ && share.needs_sun()) {
            load.source = Source::any;
            load.max_a = std::min(load.max_a, load.min_a);
            load.active = load.active && runs(share);
        }
        return load;
    }

    void ask() { results_ = &work_.allocator.run(supply_, limits_, loads_, site_.distribution); }
    /// Kept from one decision to the next for its memory alone: what it holds is written anew.
    struct Work {
        Allocator allocator;
        std::vector<Limit> limits;
        std::vector<Load> loads;  // in `order_`
        std::vector<bool> kept;   // without sun
        static Work& of_thread() {
            thread_local Work one;
            return one;
        }
    };

    /// Others going down for one that is about to start make what is left look smaller for a moment.
    static bool runs(const Share& share) { return share.running() || share.memory->about_to_start; }
    std::optional<Instant> pause_until(const Share& share) const {
        const auto& stopped_at = share.memory->fuse_stopped_at;
        return stopped_at ? std::optional(*stopped_at + site_.timing.fuse_pause) : std::nullopt;
    }
    bool pauses(const Share& share) const {
        return !share.running() && pause_until(share).value_or(site_.now) > site_.now;
    }

    /// What there is for a load: with what it has already.
    double there_is_w(const Share& share, const Allocation& result) const {
        return watts(share, result.source_a + result.current_a);
    }

    /// Those that would begin now but have to wait; true if there are such.
    bool wait_for_sun() {
        bool waiting = false;
        for (std::size_t i = 0; i < order_.size(); ++i) {
            Share& share = *order_[i];
            EvseMemory& memory = *share.memory;
            if (!share.needs_sun() || runs(share)) {
                continue;
            }
            if (share.cap_a <= 0 || !known_ || !(*results_)[i].has_source) {
                memory.surplus_since.reset();
                if (share.cap_a <= 0 || !known_) {
                    memory.shortage_since.reset();
                }
                loads_[i].active = false;  // what one that waits leaves is not for those behind it
                continue;
            }
            memory.surplus_since = memory.surplus_since.value_or(site_.now);
            memory.shortage_since.reset();
            const auto start_at = *memory.surplus_since + site_.timing.start_delay;
            if (start_at > site_.now) {
                share.reason = {.code = ReasonCode::surplus_waiting,
                                .power_w = there_is_w(share, (*results_)[i]),
                                .needed_w = watts(share, share.evse->min_a),
                                .remaining = start_at - site_.now};
                wake_at(decision_, start_at);
                loads_[i].active = false;
                waiting = true;
            }
        }
        return waiting;
    }

    /// Those whose sun is gone, but not for long enough to end; true if there are new ones.
    bool keep_without_sun() {
        bool more = false;
        bool displaced = false;  // one ahead has just begun on what it had
        for (std::size_t i = 0; i < order_.size(); ++i) {
            Share& share = *order_[i];
            const Allocation& result = (*results_)[i];
            if (!share.needs_sun() || share.cap_a <= 0 || !known_ || kept_[i]) {
                continue;
            }
            if (!runs(share)) {
                displaced = displaced || result.current_a > 0;
            } else if (result.current_a > 0 || result.has_source) {
                share.memory->shortage_since.reset();
            } else {
                more = run_short(share, loads_[i], result, displaced) || more;
                kept_[i] = loads_[i].source == Source::any;
            }
        }
        return more;
    }

    bool run_short(Share& share, Load& load, const Allocation& result, bool displaced) {
        EvseMemory& memory = *share.memory;
        memory.surplus_since.reset();
        memory.shortage_since = memory.shortage_since.value_or(site_.now);
        const auto stop_at = *memory.shortage_since + site_.timing.stop_delay;
        share.reason = {.code = ReasonCode::surplus_ending,
                        .power_w = there_is_w(share, result),
                        .needed_w = watts(share, share.evse->min_a),
                        .remaining = stop_at - site_.now};
        if (displaced || stop_at <= site_.now) {
            memory.shortage_since.reset();
            return false;
        }
        wake_at(decision_, stop_at);
        load.source = Source::any;
        load.max_a = load.min_a;
        return true;
    }

    Reason fuse_reason(const Share& share, const Allocation& result) const {
        const Bound& bound = result.fuse_bound;
        const int circuit = bound.kind == Bound::Kind::limit ? bound.limit + 1 : 0;
        const int phase = std::max(0, bound.phase);
        const double wires = share.draw->wires.at(static_cast<std::size_t>(phase));
        return {.code = circuit == 0 ? ReasonCode::main_fuse : ReasonCode::circuit_fuse,
                .circuit = circuit,
                .phase = phase,
                .limit_a = fuses_.limit_a(circuit),
                .over_by_a = std::max(0.0, (share.cap_a - result.current_a - result.room_a) * wires)};
    }

    void conclude(Share& share, const Allocation& result, bool kept) const {
        share.target_a = result.current_a;
        if (share.cap_a <= 0) {
            share.reason = share.cap_reason;
        } else if (result.current_a > 0) {
            share.reason = kept ? share.reason : reason_of_running(share, result);
        } else {
            share.reason = reason_of_idle(share, result, kept);
        }
    }

    Reason reason_of_running(const Share& share, const Allocation& result) const {
        switch (result.bound.kind) {
            case Bound::Kind::fuse:
            case Bound::Kind::limit:
                return fuse_reason(share, result);
            case Bound::Kind::import_limit:
                return {.code = ReasonCode::import_limit, .power_w = *site_.max_import_w};
            case Bound::Kind::surplus:
                return {.code = ReasonCode::surplus,
                        .power_w = watts(share, result.source_a + result.current_a)};
            case Bound::Kind::excess:
                return {.code = ReasonCode::excess,
                        .power_w = watts(share, result.source_a + result.current_a)};
            default:
                return share.cap_reason;
        }
    }

    Reason reason_of_idle(const Share& share, const Allocation& result, bool kept) const {
        if (share.reason.code == ReasonCode::surplus_waiting) {
            return share.reason;
        }
        if (pauses(share)) {
            Reason reason = fuse_reason(share, result);
            reason.remaining = *pause_until(share) - site_.now;
            wake_at(decision_, *pause_until(share));
            return reason;
        }
        if (!share.needs_sun() || result.has_source || kept || !known_) {
            if (result.fuse_bound.kind == Bound::Kind::import_limit) {
                return {.code = ReasonCode::import_limit, .power_w = *site_.max_import_w};
            }
            return fuse_reason(share, result);
        }
        const bool excess = share.source == Source::excess;
        return {.code = excess ? ReasonCode::excess_low : ReasonCode::surplus_low,
                .power_w = watts(share, result.source_a),
                .needed_w = watts(share, share.evse->min_a)};
    }

    std::vector<Share*> order_;
    const Fuses& fuses_;
    const Site& site_;
    Decision& decision_;
    bool known_;  ///< is the surplus?
    Supply supply_;
    Work& work_ = Work::of_thread();
    std::vector<Limit>& limits_ = work_.limits;
    std::vector<Load>& loads_ = work_.loads;
    std::vector<bool>& kept_ = work_.kept;
    const std::vector<Allocation>* results_ = nullptr;
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
    Handout(shares, fuses, surplus_w, site, decision).run();
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
