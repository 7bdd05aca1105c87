#include "engine/surplus.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

constexpr double kTakesLessA = 1.0;
constexpr double kMarginA = 0.5;

std::optional<double> sum_of(const std::vector<PowerReading>& readings, Instant now) {
    double sum_w = 0;
    for (const auto& reading : readings) {
        const auto power_w = finite(reading.power_w);
        if (!power_w || !is_fresh(reading.read_at, reading.stale_after, now)) {
            return std::nullopt;
        }
        sum_w += *power_w;
    }
    return sum_w;
}

std::optional<double> grid_power(const Site& site) {
    const Circuit& grid = site.circuits.front();
    if (!is_fresh(grid.read_at, grid.stale_after, site.now)) {
        return std::nullopt;
    }
    if (const auto power_w = finite(site.grid_power_w)) {
        return power_w;
    }
    const PerPhase voltage_v = voltages(site);
    double power_w = 0;
    for (std::size_t p = 0; p < static_cast<std::size_t>(site.phases); ++p) {
        const auto current_a = finite(grid.current_a.phase.at(p));
        if (!current_a) {
            return std::nullopt;
        }
        power_w += *current_a * voltage_v.at(p);
    }
    return power_w;
}

double watts(const PerPhase& current_a, const PerPhase& voltage_v) {
    return current_a[0] * voltage_v[0] + current_a[1] * voltage_v[1] + current_a[2] * voltage_v[2];
}

/// What comes from batteries and is no surplus; negative: what EVSEs may have of them.
double from_batteries(const Batteries& batteries) {
    return batteries.kept_w + batteries.usable_w - batteries.help_w;
}

PerPhase minus(const PerPhase& one, const PerPhase& other) {
    return {one[0] - other[0], one[1] - other[1], one[2] - other[2]};
}

/// By its own meter where it has one: currents don't tell the power factor.
double read_power(const Evse& evse, const Draw& draw, const PerPhase& voltage_v) {
    const auto power_w = draw.answers ? finite(evse.power_w) : std::nullopt;
    return power_w ? std::max(0.0, *power_w) : watts(draw.read_a, voltage_v);
}

}  // namespace

Power measure_power(const Site& site, const std::vector<Draw>& draws, Memory& memory) {
    Power power{.grid_w = grid_power(site), .pv_w = sum_of(site.pv, site.now)};
    power.batteries = observe(site, power.grid_w, memory.batteries);
    const PerPhase voltage_v = voltages(site);
    for (std::size_t i = 0; i < draws.size(); ++i) {
        power.evse_w += draws[i].answers ? read_power(site.evses[i], draws[i], voltage_v) : 0;
    }
    if (power.grid_w && power.batteries.power_w) {
        power.surplus_w = power.evse_w - *power.grid_w - from_batteries(power.batteries);
    }
    return power;
}

std::optional<Surplus> held_surplus(const Site& site, const std::vector<Draw>& draws, const Power& power,
                                    Memory& memory) {
    if (!power.grid_w) {
        return std::nullopt;
    }
    const PerPhase voltage_v = voltages(site);
    LoadBounds bounds{.explained = *power.grid_w, .least = *power.grid_w, .most = *power.grid_w};
    for (std::size_t i = 0; i < draws.size(); ++i) {
        const Draw& draw = draws[i];
        const double read_w = read_power(site.evses[i], draw, voltage_v);
        bounds.least -= read_w + watts(draw.lag_a, voltage_v);
        bounds.explained -= read_w + watts(draw.unseen_a, voltage_v);
        // The power meter's own accuracy where nothing moves.
        bounds.most -= read_w - std::min(read_w, watts(minus(draw.read_a, draw.least_a), voltage_v));
    }
    const Instant read_at = *site.circuits.front().read_at;
    const bool resumes = memory.circuits.front().fresh_since == read_at;
    const auto hold = [&](HeldLoad& load, double batteries_w, Instant known_at, bool late) {
        LoadBounds with{bounds.explained + batteries_w, bounds.least + batteries_w,
                        bounds.most + batteries_w};
        if (late) {
            with.explained = -kNoLimit;
        }
        if (resumes) {
            load.resume(with.most);
        } else {
            load.follow(with, known_at, site.now, {site.timing.skew, site.timing.calm_sun});
        }
    };
    // A battery that moves against the grid is seen there first: only both together tell of more surplus.
    const Batteries& batteries = power.batteries;
    hold(memory.load_w, from_batteries(batteries), std::min(read_at, batteries.read_at), batteries.late);
    hold(memory.export_w, std::max(0.0, batteries.power_w.value_or(0)), read_at, false);
    return Surplus{.usable_w = -*memory.load_w.value, .exported_w = -*memory.export_w.value};
}

Expected expected_draw(const Share& share, const Site& site) {
    const Draw& draw = *share.draw;
    const bool settled = share.running() && !(share.memory->raised_at &&
                                              site.now - *share.memory->raised_at < site.timing.follow);
    if (!draw.answers || draw.disobeys) {
        return {.least_a = draw.counted_a};
    }
    if (settled && draw.wire_a < share.last_a - kTakesLessA) {
        return {.most_a = draw.wire_a + kMarginA};
    }
    return {};
}

}  // namespace sunherd::engine
