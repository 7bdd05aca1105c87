#include "sessions/session_tracker.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace sunherd::sessions {
namespace {

using energy::Flow;
using namespace std::chrono_literals;

constexpr double kLongestSessionS = 1e9;

bool has_vehicle(topics::Iec61851 state) {
    using enum topics::Iec61851;
    return state == B || state == C || state == D;
}

/// When the session of the EVSE began, as it says.
std::optional<Timestamp> told_start(const topics::EvseState& state) {
    const double seconds = state.session_duration_s.value_or(0);
    return seconds > 0 ? std::optional(state.time - std::chrono::milliseconds(std::llround(
                                                        std::min(seconds, kLongestSessionS) * 1000)))
                       : std::nullopt;
}

double seconds_from(Timestamp from, Timestamp to) {
    return std::chrono::duration<double>(to - from).count();
}

void append(std::vector<Flow>& flows, const std::vector<Flow>& more) {
    std::ranges::copy(more, std::back_inserter(flows));
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

energy::EnergyMeter::Reading SessionTracker::reading_of(const Seen& seen) {
    return {.time = seen.state.time,
            .elapsed_s = seen.elapsed_s,
            .power_w = seen.state.power_w,
            .counter_wh = counter_of(seen.state),
            .mix = seen.mix,
            .longest_gap_s = seen.longest_gap_s};
}

SessionTracker::Result SessionTracker::take(const Seen& seen, const energy::Buckets& buckets) {
    Result result;
    const auto& state = seen.state;
    auto reading = reading_of(seen);
    follow_clock(meter_.since_last(reading).clock_step);
    const bool vehicle = has_vehicle(state.state);
    if (vehicle) {
        make_way(seen, reading, buckets, result);
    }
    const auto passed = meter_.since_last(reading);
    result.flows = measure(reading, buckets);
    if (vehicle) {
        go_on(seen, passed.seconds);
    } else if (session_) {
        be_without(state, passed, result);
    } else if (!open_flows().empty() && open_flows().front().bucket < buckets(state.time).start) {
        append(result.flows, meter_.settle());  // nobody's, and not of the session to come
    }
    return result;
}

/// What was written down before the clock was set is as if it had been right then.
void SessionTracker::follow_clock(std::chrono::milliseconds step) {
    if (session_) {
        session_->start += step;
    }
    for (auto* moment : {&rest_.plugged_at, &rest_.unplugged_at}) {
        if (*moment) {
            **moment += step;
        }
    }
}

/// Ends what is over, and begins what is new.
void SessionTracker::make_way(const Seen& seen, energy::EnergyMeter::Reading& reading,
                              const energy::Buckets& buckets, Result& result) {
    const auto passed = meter_.since_last(reading);
    const auto now = seen.state.time;
    const auto told = told_start(seen.state);
    const auto began = told ? std::min(now, std::max(*told, meter_.state().time.value_or(now))) : now;
    const bool another = told && is_another(seen, *told);
    if (another) {
        leave_unseen(began, seen.state, reading, buckets, result);
    } else if (session_ && rest_.unplugged_at && rest_.unplugged_s + passed.seconds >= kUnpluggedS) {
        result.flows_before = meter_.settle();
        result.ended = end(*rest_.unplugged_at);
    }
    if (!session_) {
        append(result.flows_before, meter_.settle());
        if (!rest_.total_counter) {
            meter_.forget_ahead();  // the counter is of this session
        }
        begin(another || passed.silence ? began : now, now);
    }
}

/// Whether the session that the EVSE tells of began while nobody looked. Some EVSEs tell another duration
/// than that since plug-in, so what was charged must have fallen, too.
bool SessionTracker::is_another(const Seen& seen, Timestamp began) const {
    if (!session_ || !rest_.plugged_at) {
        return false;
    }
    const auto& session_wh = seen.state.session_energy_wh;
    const bool fell = !session_wh || !rest_.session_wh || *session_wh < *rest_.session_wh;
    return fell && seconds_from(*rest_.plugged_at, seen.state.time) > seen.longest_gap_s &&
           began > *rest_.plugged_at + 1s;
}

/// The vehicle of before left, and `next` shows one that came `at`, when nothing flowed: what did until then
/// is of before. `reading` is then what follows.
void SessionTracker::leave_unseen(Timestamp at, const topics::EvseState& next,
                                  energy::EnergyMeter::Reading& reading, const energy::Buckets& buckets,
                                  Result& result) {
    auto left = reading;
    left.time = at;
    left.power_w = 0;
    left.mix = {};
    if (reading.elapsed_s) {
        const double since_s = seconds_from(at, reading.time);
        left.elapsed_s = std::max(0.0, *reading.elapsed_s - since_s);
        reading.elapsed_s = since_s;
    }
    if (!rest_.total_counter) {
        left.counter_wh = reading.counter_wh ? std::optional(0.0) : std::nullopt;
    } else if (!next.session_energy_wh) {
        left.counter_wh.reset();  // nobody knows whose it is
    } else {
        left.counter_wh = std::max(reading.counter_wh.value_or(0) - *next.session_energy_wh,
                                   meter_.state().counter_wh.value_or(0));
    }
    result.flows_before = measure(left, buckets);
    append(result.flows_before, meter_.settle());
    result.ended = end(*rest_.plugged_at);
}

void SessionTracker::begin(Timestamp start, Timestamp now) {
    session_ = Session{.id = evse_ + '-' + topics::to_compact(start),
                       .evse = evse_,
                       .start = start,
                       .duration_s = seconds_from(start, now)};
}

void SessionTracker::go_on(const Seen& seen, double seconds) {
    if (rest_.plugged_at) {
        session_->duration_s += rest_.unplugged_s + seconds;
    }
    rest_.unplugged_at.reset();
    rest_.unplugged_s = 0;
    rest_.plugged_at = seen.state.time;
    rest_.session_wh = seen.state.session_energy_wh ? seen.state.session_energy_wh : rest_.session_wh;
    session_->mode = seen.mode ? seen.mode : session_->mode;
    session_->vehicle = seen.vehicle ? seen.vehicle : session_->vehicle;
}

void SessionTracker::be_without(const topics::EvseState& state, const energy::EnergyMeter::Passed& passed,
                                Result& result) {
    const bool is_empty = state.state == topics::Iec61851::A;  // else nobody knows
    const bool left_unseen = is_empty && passed.silence;
    if (rest_.unplugged_at) {
        rest_.unplugged_s += passed.seconds;
    } else {
        session_->duration_s += left_unseen ? 0 : passed.seconds;
    }
    if (is_empty && !rest_.unplugged_at) {
        rest_.unplugged_at = left_unseen ? rest_.plugged_at.value_or(state.time) : state.time;
    }
    if (rest_.unplugged_at && (rest_.unplugged_s >= kUnpluggedS || left_unseen)) {
        result.flows_before = std::exchange(result.flows, {});
        append(result.flows_before, meter_.settle());
        result.ended = end(*rest_.unplugged_at);
    }
}

/// What the meter makes of a reading; the session takes note of the power.
std::vector<Flow> SessionTracker::measure(const energy::EnergyMeter::Reading& reading,
                                          const energy::Buckets& buckets) {
    const auto passed = meter_.since_last(reading);
    const double before_w = meter_.state().power_w.value_or(0);
    const double open_wh = energy::sum_wh(open_flows());
    auto flows = meter_.add(reading, buckets);
    if (!session_ || !reading.power_w) {
        return flows;
    }
    double charging_s = rest_.charging ? passed.seconds : 0;
    if (passed.silence) {  // it charged as long as it takes for what flowed
        const double flowed_wh = energy::sum_wh(flows) + energy::sum_wh(open_flows()) - open_wh;
        const double power_w = std::max({before_w, *reading.power_w, kChargingW});
        charging_s = std::clamp(flowed_wh * 3600 / power_w, 0.0, passed.seconds);
    }
    note_power(*reading.power_w, charging_s);
    return flows;
}

void SessionTracker::note_power(double power_w, double charging_s) {
    const bool charging = power_w >= kChargingW;
    session_->charging_s += charging_s;
    if (charging && !rest_.charging && rest_.has_charged) {
        ++session_->interruptions;
    }
    rest_.charging = charging;
    rest_.has_charged = rest_.has_charged || charging;
    session_->peak_power_w = std::max(session_->peak_power_w, power_w);
}

Session SessionTracker::end(Timestamp at) {
    auto ended = std::move(*session_);
    session_.reset();
    ended.end = std::max(at, ended.start);
    rest_.plugged_at.reset();
    rest_.unplugged_at.reset();
    rest_.unplugged_s = 0;
    rest_.charging = rest_.has_charged = false;
    rest_.session_wh.reset();
    return ended;
}

}  // namespace sunherd::sessions
