#include "engine/distribute.hpp"

#include "engine/by_circuit.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace sunherd::engine {
namespace {

/// For a surplus that falls a hair below the minimum nobody ends.
constexpr double kSlackA = 0.005;

/// The allocation, and what time adds to it: the sun must have shone for a while before an EVSE begins, and
/// be gone for a while before it ends; one that a fuse has stopped pauses.
class Handout {
  public:
    Handout(const std::vector<Share*>& order, const Fuses& fuses, const Offer& offer, const Site& site,
            Decision& decision)
        : order_(order),
          fuses_(fuses),
          offer_(offer),
          site_(site),
          decision_(decision),
          known_(offer.surplus.has_value()) {
        supply();
        limit();
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
    /// Of limits in watts: what they allow of current at the highest voltage.
    double amps(double limit_w) const {
        const PerPhase voltage_v = voltages(site_);
        return std::max(0.0, limit_w) / *std::max_element(voltage_v.begin(), voltage_v.end());
    }
    double watts(const Share& share, double current_a) const {
        return current_a * share.draw->watts_per_amp(voltages(site_));
    }

    void supply() {
        const Surplus surplus = offer_.surplus.value_or(Surplus{});
        supply_.phases = site_.phases;
        supply_.fuse_a = fuses_.limit_a(0);
        supply_.base_a = fuses_.load_a(0);
        if (offer_.import_w) {
            supply_.import_a = amps(*offer_.import_w);
        }
        if (const auto imbalance_a = finite(site_.max_imbalance_a)) {
            supply_.imbalance_a = std::max(0.0, *imbalance_a);
        }
        supply_.surplus_a = surplus.usable_w / volts();
        supply_.export_a = surplus.exported_w / volts();
        supply_.excess_a = (surplus.exported_w - site_.excess_threshold_w) / volts();
    }

    /// Of each circuit, and last the one of all EVSEs together.
    void limit() {
        limits_.clear();
        own_.clear();
        for (int c = 1; static_cast<std::size_t>(c) < site_.circuits.size(); ++c) {
            const Circuit& circuit = site_.circuits[static_cast<std::size_t>(c)];
            limits_.push_back({.limit_a = fuses_.limit_a(c), .base_a = fuses_.load_a(c)});
            if (const auto max_w = finite(circuit.max_w)) {
                limits_.back().sum_a = amps(*max_w);
            }
            if (circuit.distribution) {
                own_.push_back({static_cast<std::int16_t>(c - 1), *circuit.distribution});
            }
        }
        if (const auto max_w = finite(site_.max_evse_w)) {
            limits_.push_back({.limit_a = kNoLimit, .sum_a = amps(*max_w)});
        }
    }
    bool has_evse_limit() const { return limits_.size() >= site_.circuits.size(); }

    Load load(const Share& share) const {
        Load load;
        load.path.wires = share.draw->wires;
        const bool fits = fuses_.path(share.evse->circuit, load.path);
        if (has_evse_limit()) {
            load.path.limits.at(load.path.limit_count++) = static_cast<std::int16_t>(limits_.size() - 1);
        }
        load.min_a = share.evse->min_a;
        load.max_a = share.cap_a;
        load.step_a = share.evse->step_a > 0 ? share.evse->step_a : 0.1;
        load.rank = share.rank;
        load.source = share.source;
        load.active = fits && share.cap_a > 0 && !pause_of(share, site_);
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

    void ask() { results_ = &work_.allocator.run(supply_, limits_, loads_, site_.distribution, own_); }
    /// Kept from one decision to the next for its memory alone: what it holds is written anew.
    struct Work {
        ByCircuit allocator;
        std::vector<OwnDistribution> own;
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
        load.sun_least_a = std::max(load.sun_least_a, load.min_a);  // others can't have what it uses
        return true;
    }

    /// What keeps it from more, or from its minimum; fuses only.
    Reason limit_reason(const Share& share, const Allocation& result, const Bound& bound) const {
        using Kind = Bound::Kind;
        if (bound.kind == Kind::import_limit) {
            return {.code = offer_.by_average ? ReasonCode::average_limit : ReasonCode::import_limit,
                    .power_w = offer_.import_w};
        }
        if (bound.kind == Kind::imbalance) {
            return {.code = ReasonCode::imbalance, .phase = bound.phase, .limit_a = site_.max_imbalance_a};
        }
        const int circuit = bound.kind == Kind::limit ? bound.limit + 1 : 0;
        if (static_cast<std::size_t>(circuit) >= site_.circuits.size()) {
            return {.code = ReasonCode::evse_limit, .power_w = site_.max_evse_w};
        }
        if (bound.kind == Kind::limit && bound.phase < 0) {
            return {.code = ReasonCode::circuit_power,
                    .circuit = circuit,
                    .power_w = site_.circuits[static_cast<std::size_t>(circuit)].max_w};
        }
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
        share.memory->sun_w = kept ? share.reason.power_w : std::nullopt;
        if (!kept && known_ && share.source != Source::any && std::isfinite(result.source_a)) {
            share.memory->sun_w = there_is_w(share, result);
        }
        if (share.cap_a <= 0) {
            share.reason = share.cap_reason;
            if (share.reason.remaining) {
                wake_at(decision_, site_.now + *share.reason.remaining);
            }
        } else if (result.current_a > 0) {
            share.reason = kept ? share.reason : reason_of_running(share, result);
        } else {
            share.reason = reason_of_idle(share, result, kept);
        }
    }

    Reason reason_of_running(const Share& share, const Allocation& result) const {
        using Kind = Bound::Kind;
        switch (result.bound.kind) {
            case Kind::fuse:
            case Kind::limit:
            case Kind::import_limit:
            case Kind::imbalance:
                return limit_reason(share, result, result.bound);
            case Kind::surplus:
                return {.code = ReasonCode::surplus, .power_w = there_is_w(share, result)};
            case Kind::excess:
                return {.code = ReasonCode::excess, .power_w = there_is_w(share, result)};
            default:
                return share.cap_reason;
        }
    }

    Reason reason_of_idle(const Share& share, const Allocation& result, bool kept) const {
        if (share.reason.code == ReasonCode::surplus_waiting) {
            return share.reason;
        }
        if (const auto pause = pause_of(share, site_)) {
            Reason reason = limit_reason(share, result, result.fuse_bound);
            if (pause->code == ReasonCode::starts_spent) {
                reason = {.code = pause->code};
            }
            reason.remaining = pause->until - site_.now;
            wake_at(decision_, pause->until);
            return reason;
        }
        if (!share.needs_sun() || result.has_source || kept || !known_) {
            return limit_reason(share, result, result.fuse_bound);
        }
        ReasonCode code = share.source == Source::excess ? ReasonCode::excess_low : ReasonCode::surplus_low;
        if (share.evse->mode == ChargeMode::eco) {
            code = ReasonCode::battery_low;
        }
        return {.code = code,
                .power_w = watts(share, result.source_a),
                .needed_w = watts(share, share.evse->min_a)};
    }

    const std::vector<Share*>& order_;
    const Fuses& fuses_;
    const Offer& offer_;
    const Site& site_;
    Decision& decision_;
    bool known_;  ///< is the surplus?
    Supply supply_;
    Work& work_ = Work::of_thread();
    std::vector<OwnDistribution>& own_ = work_.own;
    std::vector<Limit>& limits_ = work_.limits;
    std::vector<Load>& loads_ = work_.loads;
    std::vector<bool>& kept_ = work_.kept;
    const std::vector<Allocation>* results_ = nullptr;
};

}  // namespace

void order_by_importance(std::vector<Share>& shares, std::vector<Share*>& order) {
    order.clear();
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
}

void distribute(const std::vector<Share*>& order, const Fuses& fuses, const Offer& offer, const Site& site,
                Decision& decision) {
    Handout(order, fuses, offer, site, decision).run();
}

void wake_at(Decision& decision, Instant at) {
    if (!decision.wake_at || at < *decision.wake_at) {
        decision.wake_at = at;
    }
}

}  // namespace sunherd::engine
