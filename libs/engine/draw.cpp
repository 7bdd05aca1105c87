#include "engine/draw.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::engine {
namespace {

constexpr Instant kRecent{3000};          ///< longer than meters and EVSEs are apart
constexpr double kFollowsWithinA = 0.02;  ///< so close to what it was told, nothing more is to come
constexpr double kObeysWithinA = 1.0;     ///< meters and cars are not exact
constexpr double kCarStepA = 1.0;         ///< many cars follow in whole amperes
constexpr double kComesDownA = 0.3;
constexpr double kUsesPhaseA = 1.0;
constexpr double kChargesA = 3.0;  ///< surely charging, not just awake

PerPhase wires_of(const Wiring& wiring, int site_phases) {
    PerPhase wires{};
    for (int wire = 0; wire < std::min(wiring.count, 3); ++wire) {
        const int phase = wiring.site_phase.at(static_cast<std::size_t>(wire));
        if (phase >= 0 && phase < std::min(site_phases, 3)) {
            ++wires.at(static_cast<std::size_t>(phase));
        }
    }
    return wires;
}

/// Per phase, from currents or else from the power; absent where neither tells.
std::array<std::optional<double>, kPhases> measured_currents(const Evse& evse, const Site& site,
                                                             const PerPhase& wires) {
    std::array<std::optional<double>, kPhases> current_a;
    bool none = true;
    for (std::size_t p = 0; p < kPhases; ++p) {
        current_a.at(p) = wires.at(p) > 0 ? finite(evse.current_a.phase.at(p)) : std::optional<double>(0);
        none = none && !(wires.at(p) > 0 && current_a.at(p));
        if (current_a.at(p)) {
            current_a.at(p) = std::max(0.0, *current_a.at(p));
        }
    }
    const auto power_w = finite(evse.power_w);
    if (none && power_w) {
        // Spread evenly. Safe for a car that uses fewer phases too: on those it is counted at what it is
        // told.
        const PerPhase voltage_v = voltages(site);
        const double wire_w = wires[0] * voltage_v[0] + wires[1] * voltage_v[1] + wires[2] * voltage_v[2];
        for (std::size_t p = 0; p < kPhases; ++p) {
            current_a.at(p) = wire_w > 0 ? std::max(0.0, *power_w) * wires.at(p) / wire_w : 0;
        }
    }
    return current_a;
}

void remember_recent(EvseMemory& memory, const PerPhase& current_a, Instant now) {
    auto& [current, last] = memory.recent;
    if (!memory.recent_since || now - *memory.recent_since >= kRecent) {
        const bool gap = !memory.recent_since || now - *memory.recent_since >= 2 * kRecent;
        last = gap ? EvseMemory::Recent{current_a, current_a} : current;
        current = {current_a, current_a};
        memory.recent_since = now;
    }
    for (std::size_t p = 0; p < kPhases; ++p) {
        current.low_a.at(p) = std::min(current.low_a.at(p), current_a.at(p));
        current.high_a.at(p) = std::max(current.high_a.at(p), current_a.at(p));
    }
}

/// A phase is used from its first ampere on, and unused only when the car has charged without it for a while.
void learn_car_phases(const Evse& evse, const Site& site, const Draw& draw, EvseMemory& memory) {
    if (evse.state == Iec61851::A) {
        memory.car_phases = {true, true, true};
    }
    if (draw.wire_a < kChargesA) {
        memory.fewer_since.reset();
        return;
    }
    std::array<bool, kPhases> seen{};
    bool fewer = false;
    for (std::size_t p = 0; p < kPhases; ++p) {
        seen.at(p) = draw.read_a.at(p) >= kUsesPhaseA;
        memory.car_phases.at(p) = memory.car_phases.at(p) || seen.at(p);
        fewer = fewer || (memory.car_phases.at(p) && !seen.at(p) && draw.all_wires.at(p) > 0);
    }
    if (!fewer) {
        memory.fewer_since.reset();
        return;
    }
    memory.fewer_since = memory.fewer_since.value_or(site.now);
    if (site.now - *memory.fewer_since >= site.timing.one_phase) {
        memory.car_phases = seen;
        memory.fewer_since.reset();
    }
}

/// Does a fuse on its way carry too much where it draws?
bool overloads(const Evse& evse, const Draw& draw, const Site& site) {
    int c = evse.circuit;
    for (;;) {
        const Circuit& circuit = site.circuits[static_cast<std::size_t>(c)];
        for (std::size_t p = 0; p < kPhases && circuit.metered; ++p) {
            if (draw.all_wires.at(p) > 0 && circuit.current_a.phase.at(p).value_or(0) > circuit.limit_a) {
                return true;
            }
        }
        if (c == 0) {
            return false;
        }
        c = parent_of(site, c);
    }
}

/// Draws more than told, and does not even come down: it is counted at that until it has come down.
void watch_obedience(const Evse& evse, Draw& draw, const Site& site, EvseMemory& memory) {
    if (memory.stuck_a && draw.wire_a < *memory.stuck_a - kObeysWithinA) {
        memory.stuck_a.reset();
    }
    if (draw.wire_a <= draw.told_a + kObeysWithinA) {
        memory.disobeys_since.reset();
    } else if (!memory.disobeys_since || draw.wire_a < memory.disobeys_at_a - kComesDownA) {
        memory.disobeys_since = site.now;
        memory.disobeys_at_a = draw.wire_a;
    } else if (site.now - *memory.disobeys_since >=
               (overloads(evse, draw, site) ? site.timing.obey : site.timing.obey_calmly)) {
        memory.stuck_a = draw.wire_a;
    }
    draw.disobeys = memory.stuck_a.has_value();
    if (!draw.disobeys || !overloads(evse, draw, site)) {
        memory.stuck_since.reset();
        return;
    }
    memory.stuck_since = memory.stuck_since.value_or(site.now);
    draw.cut_off = site.now - *memory.stuck_since >= site.timing.cut_off;
}

void count_known(const Evse& evse, const Site& site, Draw& draw, EvseMemory& memory,
                 const std::array<std::optional<double>, kPhases>& current_a) {
    // Half as old as may be: too old to prove that something became free.
    const bool recent = is_fresh(evse.read_at, evse.stale_after / 2, site.now);
    for (std::size_t p = 0; p < kPhases; ++p) {
        const auto& measured = current_a.at(p);
        draw.read_a.at(p) = measured ? *measured : draw.told_a * draw.all_wires.at(p);
    }
    remember_recent(memory, draw.read_a, site.now);
    learn_car_phases(evse, site, draw, memory);
    watch_obedience(evse, draw, site, memory);
    const bool may_still_rise = draw.wire_a < draw.told_a - kFollowsWithinA &&
                                (draw.wire_a < kUsesPhaseA ||
                                 (memory.raised_at && site.now - *memory.raised_at < site.timing.follow));
    // The grid meter may show that before its own readings do.
    const bool may_have_come_down = draw.wire_a > draw.told_a + kFollowsWithinA && memory.lowered_at &&
                                    site.now - *memory.lowered_at < site.timing.withdrawn;
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double low_a = std::min(memory.recent[0].low_a.at(p), memory.recent[1].low_a.at(p));
        const double high_a = std::max(memory.recent[0].high_a.at(p), memory.recent[1].high_a.at(p));
        // What moves may have moved as much again since.
        draw.least_a.at(p) = current_a.at(p) && recent ? std::max(0.0, 2 * low_a - high_a) : 0;
        if (may_have_come_down) {
            const double told_a = std::max(0.0, draw.told_a - kCarStepA);
            draw.least_a.at(p) = std::min(draw.least_a.at(p), told_a * draw.all_wires.at(p));
        }
        const double coming_a =
            std::max(may_still_rise ? draw.told_a : 0, draw.withdrawn_a) * draw.all_wires.at(p);
        const double read_a = draw.read_a.at(p);
        const double offered_a = std::max(draw.told_a, draw.withdrawn_a) * draw.all_wires.at(p);
        draw.lag_a.at(p) = std::clamp(offered_a - read_a, 0.0, high_a - low_a);
        draw.unseen_a.at(p) = std::max(draw.lag_a.at(p), std::max(high_a, coming_a) - read_a);
    }
}

/// Nobody knows whether it heard of the last change: the most that it was told since it last answered, or
/// what it falls back to by itself.
void count_silent(const Evse& evse, Draw& draw, EvseMemory& memory) {
    memory.counted_a = std::max({memory.counted_a, draw.told_a, finite(evse.fallback_a).value_or(0),
                                 finite(evse.unconfirmed_a).value_or(0)});
    draw.counted_a = memory.counted_a;
    for (std::size_t p = 0; p < kPhases; ++p) {
        draw.read_a.at(p) = draw.counted_a * draw.all_wires.at(p);
    }
    memory.recent_since.reset();
    memory.disobeys_since.reset();
}

}  // namespace

double Draw::watts_per_amp(const PerPhase& voltage_v) const {
    return wires[0] * voltage_v[0] + wires[1] * voltage_v[1] + wires[2] * voltage_v[2];
}

Draw observe(const Evse& evse, const Site& site, EvseMemory& memory) {
    Draw draw;
    draw.all_wires = wires_of(evse.wiring, site.phases);
    draw.answers = evse.state && is_fresh(evse.read_at, evse.stale_after, site.now);
    draw.has_vehicle = !draw.answers || evse.state != Iec61851::A;
    const auto current_a = measured_currents(evse, site, draw.all_wires);
    for (std::size_t p = 0; p < kPhases && draw.answers; ++p) {
        if (draw.all_wires.at(p) > 0 && current_a.at(p)) {
            draw.wire_a = std::max(draw.wire_a, *current_a.at(p) / draw.all_wires.at(p));
        }
    }
    const double at_device_a = draw.answers ? finite(evse.in_force_a).value_or(draw.wire_a) : 0;
    draw.told_a =
        memory.target_a.value_or(std::clamp(at_device_a, 0.0, std::max(0.0, finite(evse.max_a).value_or(0))));

    if (memory.withdrawn_at && site.now - *memory.withdrawn_at < site.timing.withdrawn) {
        draw.withdrawn_a = memory.withdrawn_a;
    }
    if (draw.answers) {
        count_known(evse, site, draw, memory, current_a);
        memory.counted_a = std::max(draw.told_a, draw.wire_a);
        draw.counted_a = draw.disobeys ? draw.wire_a : 0;
        if (draw.has_vehicle) {
            draw.counted_a = std::max(draw.counted_a, finite(evse.unconfirmed_a).value_or(0));
        }
    } else {
        count_silent(evse, draw, memory);
    }
    for (std::size_t p = 0; p < kPhases; ++p) {
        const bool may_use = memory.car_phases.at(p) || !draw.answers;
        draw.wires.at(p) = may_use ? draw.all_wires.at(p) : 0;
    }
    return draw;
}

PerPhase voltages(const Site& site) {
    PerPhase voltage_v{};
    const double nominal_v = site.nominal_voltage_v > 0 ? site.nominal_voltage_v : 230;
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double measured_v = finite(site.voltage_v.phase.at(p)).value_or(0);
        voltage_v.at(p) = measured_v > 0 ? measured_v : nominal_v;
    }
    return voltage_v;
}

std::optional<double> finite(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

int parent_of(const Site& site, int circuit) {
    const int parent = site.circuits[static_cast<std::size_t>(circuit)].parent;
    return parent >= 0 && parent < circuit ? parent : 0;
}

bool is_fresh(const std::optional<Instant>& read_at, Instant stale_after, Instant now) {
    return read_at && now - *read_at <= stale_after;
}

}  // namespace sunherd::engine
