#include "energy/energy_meter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sunherd::energy {
namespace {

constexpr double kLongestGapS = 60;     ///< over which the power is taken for the mean of both ends
constexpr double kClockStepS = 10;      ///< two clocks that differ by more were not asked at once
constexpr double kCoarseStepWh = 1000;  ///< counters move in steps of up to that
constexpr double kStandingWh = 1500;    ///< a counter that has not moved after so much stands still
constexpr int kMostBuckets = 100'000;   ///< of one span: a year of 5 minutes

/// How long it was between two readings.
double seconds_between(Moment before, const EnergyMeter::Reading& now) {
    const double by_time = std::chrono::duration<double>(now.time - before).count();
    if (!now.elapsed_s) {
        return std::max(0.0, by_time);
    }
    const double elapsed = std::max(0.0, *now.elapsed_s);
    const bool agree = std::abs(by_time - elapsed) <= std::max(kClockStepS, by_time / 2);
    // Readings that waited come all at once: then only their own time tells, as long as it makes sense.
    const bool waited = by_time >= 0 && by_time <= kClockStepS;
    return agree || waited ? std::max(0.0, by_time) : std::min(elapsed, kClockStepS);
}

double mean_w(const std::optional<double>& before, double now_w) {
    return before ? (*before + now_w) / 2 : now_w;
}

void merge(std::vector<Flow>& flows, const std::vector<Flow>& more) {
    for (const auto& flow : more) {
        const auto same = std::ranges::find(flows, flow.bucket, &Flow::bucket);
        if (same == flows.end()) {
            flows.push_back(flow);
        } else {
            same->add(flow);
        }
    }
}

double sum_wh(const std::vector<Flow>& flows) {
    double sum = 0;
    for (const auto& flow : flows) {
        sum += flow.energy_wh;
    }
    return sum;
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

std::vector<Flow> EnergyMeter::add(const Reading& reading, const Buckets& buckets) {
    last_seconds_ = state_.time ? seconds_between(*state_.time, reading) : 0;
    const bool silence = last_seconds_ > kLongestGapS;
    if (reading.power_w && std::isfinite(*reading.power_w)) {
        const double now_w = std::clamp(*reading.power_w, 0.0, most_w_);
        const bool counter_tells = silence && state_.counter_wh && is_plausible(reading.counter_wh);
        const double seconds = counter_tells ? 0 : std::min(last_seconds_, kLongestGapS);
        if (const double wh = seconds * mean_w(state_.power_w, now_w) / 3600; wh > 0) {
            const auto length = std::chrono::milliseconds(std::llround(seconds * 1000));
            merge(state_.open, spread(reading.time - length, reading.time, wh, reading.mix, buckets));
        }
        state_.power_w = now_w;
    } else {
        state_.power_w.reset();
    }
    auto settled = follow_counter(reading, buckets, silence);
    state_.time = reading.time;
    return settled;
}

std::vector<Flow> EnergyMeter::follow_counter(const Reading& reading, const Buckets& buckets, bool silence) {
    const auto unmoved = [this] {
        return state_.counter_wh && sum_wh(state_.open) < kStandingWh ? std::vector<Flow>{} : settle();
    };
    if (!is_plausible(reading.counter_wh)) {
        return unmoved();
    }
    const auto before_wh = std::exchange(state_.counter_wh, reading.counter_wh);
    const double step_wh = before_wh ? *reading.counter_wh - *before_wh : 0;
    if (before_wh && step_wh == 0) {
        return unmoved();
    }
    const auto moved_at = state_.counted_at.value_or(reading.time);
    state_.counted_at = reading.time;
    const double hours = std::max(0.0, std::chrono::duration<double>(reading.time - moved_at).count()) / 3600;
    if (!before_wh || step_wh < 0 || step_wh > kCoarseStepWh + 1.5 * most_w_ * hours) {
        return settle();
    }
    const double seen_wh = sum_wh(state_.open);
    if (seen_wh > 0 && !silence) {
        return settle_scaled(step_wh);
    }
    // The rest nobody saw flow: it did so somewhen since the reading before.
    auto flows = settle();
    merge(flows, spread(state_.time.value_or(reading.time), reading.time, std::max(0.0, step_wh - seen_wh),
                        silence ? Mix{} : reading.mix, buckets));
    return flows;
}

std::vector<Flow> EnergyMeter::settle() {
    return std::exchange(state_.open, {});
}

std::vector<Flow> EnergyMeter::settle_scaled(double energy_wh) {
    auto flows = settle();
    const double factor = energy_wh / sum_wh(flows);
    for (auto& flow : flows) {
        flow.scale(factor);
    }
    return flows;
}

}  // namespace sunherd::energy
