#include "energy/energy_meter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sunherd::energy {
namespace {

constexpr double kClockStepS = 10;      ///< two clocks that differ by more were not asked at once
constexpr double kPaceS = 0.1;          ///< what comes faster than devices are asked has waited
constexpr double kCoarseStepWh = 1000;  ///< counters move in steps of up to that
constexpr double kStandingWh = 1500;    ///< a counter that has not moved after so much stands still
constexpr std::size_t kMostOpen = 288;  ///< buckets, or after so many: a day of 5 minutes
constexpr int kMostBuckets = 100'000;   ///< of one span: a year of 5 minutes

std::chrono::milliseconds to_ms(double seconds) {
    return std::chrono::milliseconds(std::llround(seconds * 1000));
}

double mean_w(const std::optional<double>& before, double now_w) {
    return before ? (*before + now_w) / 2 : now_w;
}

/// Both are in order of time, and mostly the one follows the other.
void merge(std::vector<Flow>& flows, const std::vector<Flow>& more) {
    for (const auto& flow : more) {
        const auto at = std::ranges::lower_bound(flows, flow.bucket, {}, &Flow::bucket);
        if (at != flows.end() && at->bucket == flow.bucket) {
            at->add(flow);
        } else {
            flows.insert(at, flow);
        }
    }
}

bool is_plausible(const std::optional<double>& value) {
    return value && std::isfinite(*value) && *value >= 0;
}

}  // namespace

void Flow::add(const Flow& more) {
    energy_wh += more.energy_wh;
    sun_wh += more.sun_wh;
    battery_wh += more.battery_wh;
    grid_wh += more.grid_wh;
}

void Flow::scale(double factor) {
    energy_wh *= factor;
    sun_wh *= factor;
    battery_wh *= factor;
    grid_wh *= factor;
}

double sum_wh(const std::vector<Flow>& flows) {
    double sum = 0;
    for (const auto& flow : flows) {
        sum += flow.energy_wh;
    }
    return sum;
}

std::vector<Flow> spread(Moment from, Moment to, double energy_wh, const Mix& mix, const Buckets& buckets) {
    const auto flow_of = [&](Moment bucket, double wh) {
        return Flow{bucket, wh, wh * mix.sun, wh * mix.battery, wh * mix.grid};
    };
    if (to <= from) {
        return {flow_of(buckets(to).start, energy_wh)};
    }
    std::vector<Flow> flows;
    const double span_ms = static_cast<double>((to - from).count());
    for (auto at = from; at < to && flows.size() < kMostBuckets;) {
        const auto bucket = buckets(at);
        const auto until = std::clamp(bucket.end, at + std::chrono::milliseconds(1), to);
        flows.push_back(
            flow_of(bucket.start, energy_wh * static_cast<double>((until - at).count()) / span_ms));
        at = until;
    }
    return flows;
}

EnergyMeter::Passed EnergyMeter::since_last(const Reading& reading) const {
    if (!state_.time) {
        return {};
    }
    const auto by_time = reading.time - *state_.time;
    const double by_time_s = std::chrono::duration<double>(by_time).count();
    const double elapsed_s = std::max(0.0, reading.elapsed_s.value_or(by_time_s));
    const double gap_s = reading.longest_gap_s;
    const bool agree = std::abs(by_time_s - elapsed_s) <= std::max(kClockStepS, by_time_s / 2);
    // Readings that waited come all at once: then only their own time tells, as long as it makes sense.
    const bool waited = by_time_s >= 0 && by_time_s <= gap_s;
    if (!reading.elapsed_s || agree || waited) {
        return {.seconds = std::max(0.0, by_time_s), .silence = by_time_s > gap_s};
    }
    Passed passed{.seconds = std::min(elapsed_s, gap_s)};
    // Where they also came at their usual pace, it was the clock that was set.
    if (elapsed_s >= kPaceS && elapsed_s <= gap_s) {
        passed.clock_step = by_time - to_ms(elapsed_s);
    }
    return passed;
}

std::vector<Flow> EnergyMeter::add(const Reading& reading, const Buckets& buckets) {
    const auto passed = since_last(reading);
    if (state_.counted_at) {
        // Forward it may have been a silence among readings that waited: then the counter may have moved.
        *state_.counted_at += std::min(passed.clock_step, std::chrono::milliseconds(0));
    }
    add_power(reading, passed, buckets);
    auto settled = follow_counter(reading, passed, buckets);
    state_.time = reading.time;
    return settled;
}

void EnergyMeter::add_power(const Reading& reading, const Passed& passed, const Buckets& buckets) {
    if (!reading.power_w || !std::isfinite(*reading.power_w)) {
        state_.power_w.reset();
        return;
    }
    const double now_w = std::clamp(*reading.power_w, 0.0, most_w_);
    const bool counter_tells = passed.silence && is_plausible(reading.counter_wh) &&
                               *reading.counter_wh > state_.counter_wh.value_or(INFINITY);
    const double seconds = counter_tells ? 0 : std::min(passed.seconds, reading.longest_gap_s);
    if (const double wh = seconds * mean_w(state_.power_w, now_w) / 3600; wh > 0) {
        merge(state_.open, spread(reading.time - to_ms(seconds), reading.time, wh, reading.mix, buckets));
    }
    if (state_.counted_at && !passed.silence) {
        *state_.counted_at += to_ms(seconds);
    }
    state_.power_w = now_w;
}

std::vector<Flow> EnergyMeter::follow_counter(const Reading& reading, const Passed& passed,
                                              const Buckets& buckets) {
    const bool counts = is_plausible(reading.counter_wh);
    if (!counts || reading.counter_wh == state_.counter_wh) {
        const bool waits =
            state_.counter_wh && sum_wh(state_.open) < kStandingWh && state_.open.size() < kMostOpen;
        return waits ? std::vector<Flow>{} : settle();
    }
    const auto before_wh = std::exchange(state_.counter_wh, reading.counter_wh);
    const double step_wh = *reading.counter_wh - before_wh.value_or(0);
    const bool follows = before_wh && is_believable(step_wh, reading.time);
    state_.counted_at = reading.time;
    if (!follows) {
        state_.ahead_wh.reset();
        return std::exchange(state_.open, {});
    }
    return settle_step(step_wh, reading, passed, buckets);
}

/// No more than what was seen and can be lost between steps, and what can flow while nobody looks.
bool EnergyMeter::is_believable(double step_wh, Moment now) const {
    const auto unseen = now - state_.counted_at.value_or(now);
    const double unseen_h = std::max(0.0, std::chrono::duration<double>(unseen).count()) / 3600;
    const double likely_wh = sum_wh(state_.open) + state_.ahead_wh.value_or(0) + most_w_ * unseen_h;
    return step_wh >= 0 && step_wh <= kCoarseStepWh + 1.5 * likely_wh;
}

std::vector<Flow> EnergyMeter::settle_step(double step_wh, const Reading& reading, const Passed& passed,
                                           const Buckets& buckets) {
    const double counted_wh = take_off_ahead(step_wh);
    const double seen_wh = sum_wh(state_.open);
    auto flows = std::exchange(state_.open, {});
    if (counted_wh <= 0) {
        return {};
    }
    if (seen_wh > 0 && (!passed.silence || seen_wh > counted_wh)) {
        for (auto& flow : flows) {
            flow.scale(counted_wh / seen_wh);
        }
        return flows;
    }
    // The rest nobody saw flow: it did so somewhen since the reading before.
    merge(flows, spread(reading.time - to_ms(passed.seconds), reading.time, counted_wh - seen_wh,
                        passed.silence ? Mix{} : reading.mix, buckets));
    return flows;
}

/// What of a step is not settled yet.
double EnergyMeter::take_off_ahead(double step_wh) {
    const double ahead_wh = std::exchange(state_.ahead_wh, std::nullopt).value_or(0);
    // A counter that moves by so little lagged by no more: what is beyond it will not count.
    if (const double left_wh = std::min(ahead_wh - step_wh, step_wh); left_wh > 0) {
        state_.ahead_wh = left_wh;
    }
    return std::max(0.0, step_wh - ahead_wh);
}

std::vector<Flow> EnergyMeter::settle() {
    if (state_.counter_wh && !state_.open.empty()) {
        state_.ahead_wh = state_.ahead_wh.value_or(0) + sum_wh(state_.open);
    }
    return std::exchange(state_.open, {});
}

}  // namespace sunherd::energy
