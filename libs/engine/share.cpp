#include "engine/share.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::engine {
namespace {

bool is_planned(ChargeMode mode) {
    return mode == ChargeMode::plan || mode == ChargeMode::price;
}

/// Why it gets nothing, whatever is free.
std::optional<ReasonCode> refusal(const Evse& evse, const Draw& draw) {
    if (evse.mode == ChargeMode::off) {
        return ReasonCode::off;
    }
    if (evse.paused) {
        return ReasonCode::paused;
    }
    if (evse.standby) {
        return ReasonCode::standby;
    }
    if (evse.target_reached) {
        return ReasonCode::target_reached;
    }
    if (draw.answers && evse.state == Iec61851::A) {
        return ReasonCode::no_vehicle;
    }
    if (draw.answers && (evse.state == Iec61851::E || evse.state == Iec61851::F)) {
        return ReasonCode::evse_error;
    }
    if (evse.mode == ChargeMode::night && !evse.night_open) {
        return ReasonCode::night_closed;
    }
    if (is_planned(evse.mode) && !finite(evse.plan_a)) {
        return ReasonCode::plan_missing;
    }
    return std::nullopt;
}

/// 0 where the limits make no sense.
double largest_current(const Evse& evse, const Draw& draw) {
    const bool sane = std::isfinite(evse.min_a) && std::isfinite(evse.max_a) && evse.min_a >= 0 &&
                      draw.all_wires != PerPhase{};
    if (!sane) {
        return 0;
    }
    const auto vehicle_a = finite(evse.vehicle_max_a);
    const bool limited = vehicle_a && *vehicle_a >= evse.min_a;
    return round_down(limited ? std::min(evse.max_a, *vehicle_a) : evse.max_a, evse.step_a);
}

void cap(Share& share, double current_a, ReasonCode code) {
    if (current_a < share.cap_a) {
        share.cap_a = std::max(0.0, current_a);
        share.cap_reason.code = code;
    }
}

void cap_to_fallback(Share& share, int unknown, const Site& site) {
    const Circuit& circuit = site.circuits.at(static_cast<std::size_t>(unknown));
    const auto code = unknown == 0 ? ReasonCode::grid_stale : ReasonCode::circuit_stale;
    const double fallback_a = finite(share.evse->fallback_a).value_or(0);
    share.cap_a = std::max(0.0, std::min({share.cap_a, share.last_a, fallback_a}));
    share.cap_reason.code = code;
    share.cap_reason.circuit = unknown;
    if (circuit.read_at) {
        share.cap_reason.age = site.now - *circuit.read_at;
    }
}

/// What missing knowledge, and a plan, leave of it.
void cap_to_what_is_sure(Share& share, const Fuses& fuses, const Offer& offer) {
    const Evse& evse = *share.evse;
    const Draw& draw = *share.draw;
    share.source = source_of(evse.mode);
    if (share.source == Source::minimum_or_surplus && offer.spares_battery) {
        share.source = Source::surplus;
    }
    if (!draw.answers) {
        cap(share, share.last_a, ReasonCode::evse_silent);
    }
    if (draw.disobeys) {
        // To tell it more would end nothing.
        cap(share, draw.cut_off ? 0 : share.last_a, ReasonCode::disobeys);
    }
    if (!fuses.confirmed(evse.circuit)) {
        cap(share, share.last_a, ReasonCode::confirming);
    }
    if (share.source != Source::any && !offer.is_sure) {
        cap(share, share.needs_sun() ? share.last_a : evse.min_a, ReasonCode::battery_silent);
    }
    if (is_planned(evse.mode)) {
        cap(share, round_down(*evse.plan_a, evse.step_a), ReasonCode::plan);
    }
}

}  // namespace

Source source_of(ChargeMode mode) {
    switch (mode) {
        case ChargeMode::eco:
            return Source::minimum_or_surplus;
        case ChargeMode::solar:
            return Source::surplus;
        case ChargeMode::excess:
            return Source::excess;
        default:
            return Source::any;
    }
}

Share want(const Evse& evse, const Draw& draw, EvseMemory& memory, const Fuses& fuses, const Site& site,
           const Offer& offer) {
    Share share{.evse = &evse, .draw = &draw, .memory = &memory};
    share.last_a = round_down(draw.told_a, evse.step_a);
    if (const auto refused = refusal(evse, draw)) {
        share.cap_reason.code = *refused;
        memory.starts.forget();  // what somebody asks for next is no start of ours
        return share;
    }
    share.cap_a = largest_current(evse, draw);
    share.cap_reason.code = ReasonCode::max_current;
    if (share.cap_a <= 0 || share.cap_a < evse.min_a) {
        share.cap_a = 0;
        share.cap_reason.code = ReasonCode::max_zero;
        return share;
    }
    if (draw.changing) {
        share.cap_a = 0;
        share.cap_reason = {.code = ReasonCode::changing_phases, .remaining = draw.changing};
        return share;
    }
    if (const auto unknown = fuses.unknown_at(evse.circuit)) {
        cap_to_fallback(share, *unknown, site);
    } else {
        cap_to_what_is_sure(share, fuses, offer);
    }
    if (share.cap_a < evse.min_a) {
        share.cap_a = 0;
    }
    return share;
}

std::optional<Pause> pause_of(const Share& share, const Site& site) {
    const EvseMemory& memory = *share.memory;
    std::optional<Pause> pause;
    if (share.running()) {
        return pause;
    }
    if (memory.fuse_stopped_at) {
        pause = {*memory.fuse_stopped_at + site.timing.fuse_pause, ReasonCode::main_fuse};
    }
    const int most = std::clamp(site.timing.max_starts_per_hour, 1, HourLog::kMost);
    const auto again_at = memory.starts.again_at(most);
    if (again_at && !memory.about_to_start && (!pause || *again_at > pause->until)) {
        pause = {*again_at, ReasonCode::starts_spent};
    }
    return pause && pause->until > site.now ? pause : std::nullopt;
}

double withdrawn_offer(const Share& share, const Site& site) {
    const auto& raised_at = share.memory->raised_at;
    const bool is_awaited = raised_at && site.now - *raised_at < site.timing.follow;
    const bool now = share.target_a < share.last_a && is_awaited && share.draw->wire_a < share.last_a;
    return std::max(now ? share.last_a : 0, share.draw->withdrawn_a);
}

double round_down(double current_a, double step_a) {
    const double step = step_a > 0 ? step_a : 0.1;
    // Adds a hair: 6.3 / 0.1 is a little less than 63. In tenths where possible, for numbers that print well.
    const double steps = std::floor(current_a / step + 1e-6);
    const double per_amp = std::round(1 / step);
    return std::abs(per_amp * step - 1) < 1e-9 ? steps / per_amp : steps * step;
}

}  // namespace sunherd::engine
