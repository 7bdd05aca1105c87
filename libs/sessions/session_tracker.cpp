#include "sessions/session_tracker.hpp"

#include <algorithm>
#include <utility>

namespace sunherd::sessions {
namespace {

constexpr double kSilenceS = 60;

bool has_vehicle(topics::Iec61851 state) {
    using enum topics::Iec61851;
    return state == B || state == C || state == D;
}

}  // namespace

SessionTracker::SessionTracker(std::string evse, double most_w)
    : SessionTracker(std::move(evse), most_w, State{}) {}

SessionTracker::SessionTracker(std::string evse, double most_w, State state)
    : evse_(std::move(evse)),
      meter_(most_w, std::exchange(state.meter, {})),
      rest_(std::move(state)),
      session_(std::exchange(rest_.session, {})) {}

SessionTracker::State SessionTracker::state() const {
    auto all = rest_;
    all.meter = meter_.state();
    all.session = session_;
    return all;
}

/// The total one where there is one that counts: it never begins anew. Etrel's session counter is always 0 on
/// some firmware.
std::optional<double> SessionTracker::counter_of(const topics::EvseState& state) {
    const bool total = state.total_energy_wh.value_or(0) > 0 ||
                       (state.total_energy_wh && state.session_energy_wh.value_or(0) == 0);
    if (total != std::exchange(rest_.total_counter, total)) {
        meter_.forget_counter();
    }
    return total ? state.total_energy_wh : state.session_energy_wh;
}

/// Whether the session that the EVSE tells of began while nobody looked.
bool SessionTracker::is_another(const topics::EvseState& state) const {
    if (!session_ || !rest_.plugged_at || !state.session_duration_s) {
        return false;
    }
    const auto gap = state.time - *rest_.plugged_at;
    const auto began =
        state.time - std::chrono::milliseconds(static_cast<std::int64_t>(*state.session_duration_s * 1000));
    return gap > std::chrono::seconds(static_cast<int>(kSilenceS)) && *state.session_duration_s > 0 &&
           began > *rest_.plugged_at + std::chrono::seconds(1);
}

SessionTracker::Result SessionTracker::take(const Seen& seen, const energy::Buckets& buckets) {
    Result result;
    const auto& state = seen.state;
    const bool vehicle = has_vehicle(state.state);
    if (vehicle && is_another(state)) {
        result.flows_before_end = meter_.settle();
        result.ended = end(*rest_.plugged_at);
    }
    const energy::EnergyMeter::Reading reading{.time = state.time,
                                               .elapsed_s = seen.elapsed_s,
                                               .power_w = state.power_w,
                                               .counter_wh = counter_of(state),
                                               .mix = seen.mix};
    const double seconds = meter_.since_last(reading).seconds;
    auto flows = meter_.add(reading, buckets);
    const bool left_unseen = state.state == topics::Iec61851::A && seconds > kSilenceS;
    if (session_ && !rest_.unplugged_at && !left_unseen) {
        session_->duration_s += seconds;
    }
    if (vehicle) {
        go_on(seen, seconds);
    } else if (session_ && state.state == topics::Iec61851::A) {
        rest_.unplugged_s += rest_.unplugged_at ? seconds : 0;
        rest_.unplugged_at =
            rest_.unplugged_at.value_or(left_unseen ? rest_.plugged_at.value_or(state.time) : state.time);
        if (rest_.unplugged_s >= kUnpluggedS || left_unseen) {
            result.flows_before_end = std::exchange(flows, {});
            std::ranges::copy(meter_.settle(), std::back_inserter(result.flows_before_end));
            result.ended = end(*rest_.unplugged_at);
        }
    }
    if (session_) {
        note_power(state, std::min(seconds, kSilenceS));
    }
    result.flows = std::move(flows);
    return result;
}

void SessionTracker::go_on(const Seen& seen, double seconds) {
    const auto now = seen.state.time;
    if (!session_) {
        session_ = Session{.id = evse_ + '-' + topics::to_compact(now), .evse = evse_, .start = now};
        rest_.charging = rest_.has_charged = false;
    }
    if (rest_.unplugged_at) {
        session_->duration_s += rest_.unplugged_s + seconds;
        rest_.unplugged_at.reset();
        rest_.unplugged_s = 0;
    }
    rest_.plugged_at = now;
    session_->mode = seen.mode ? seen.mode : session_->mode;
    session_->vehicle = seen.vehicle ? seen.vehicle : session_->vehicle;
}

void SessionTracker::note_power(const topics::EvseState& state, double seconds) {
    if (!state.power_w) {
        return;
    }
    const bool charging = *state.power_w >= kChargingW;
    session_->charging_s += rest_.charging ? seconds : 0;
    if (charging && !rest_.charging && rest_.has_charged) {
        ++session_->interruptions;
    }
    rest_.charging = charging;
    rest_.has_charged = rest_.has_charged || charging;
    session_->peak_power_w = std::max(session_->peak_power_w, *state.power_w);
}

Session SessionTracker::end(Timestamp at) {
    auto ended = std::move(*session_);
    session_.reset();
    ended.end = std::max(at, ended.start);
    rest_.plugged_at.reset();
    rest_.unplugged_at.reset();
    rest_.unplugged_s = 0;
    rest_.charging = rest_.has_charged = false;
    return ended;
}

}  // namespace sunherd::sessions
