#include "engine/phase_choice.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

constexpr double kDrawsA = 1.0;
constexpr double kMargin = 1.05;  ///< more than three phases need, lest it goes back at once

bool lives_on_sun(const Evse& evse) {
    return evse.mode == ChargeMode::solar || evse.mode == ChargeMode::eco || evse.mode == ChargeMode::excess;
}

/// Amperes of one phase, or of all three, into watts.
double watts(const Evse& evse, const Site& site, int phases, double current_a) {
    const PerPhase voltage_v = voltages(site);
    double sum_v = 0;
    for (int wire = 0; wire < phases; ++wire) {
        const int phase = std::clamp(evse.wiring.site_phase.at(static_cast<std::size_t>(wire)), 0, 2);
        sum_v += voltage_v.at(static_cast<std::size_t>(phase));
    }
    return sum_v * current_a;
}

int better_choice(const Evse& evse, const Site& site, const EvseMemory& memory) {
    if (!lives_on_sun(evse)) {
        return 3;
    }
    if (!memory.sun_w) {
        return memory.phases;
    }
    const double three_w = watts(evse, site, 3, evse.min_a);
    if (memory.phases == 3) {
        const bool one = *memory.sun_w < three_w && *memory.sun_w >= watts(evse, site, 1, evse.min_a);
        return one ? 1 : 3;
    }
    return *memory.sun_w >= three_w * kMargin ? 3 : 1;
}

/// So long the other must have been better. Nobody waits who asks for all there is.
Instant patience(const Evse& evse, const Site& site, int wanted, bool charges) {
    if (!lives_on_sun(evse)) {
        return Instant(0);
    }
    if (!charges) {
        return std::min(site.timing.start_delay, site.timing.phases_down);
    }
    return wanted == 1 ? site.timing.phases_down : site.timing.phases_up;
}

bool may_change(const Site& site, const EvseMemory& memory) {
    const int most = std::min(site.timing.max_switches_per_hour, HourLog::kMost);
    return most > 0 && memory.switches.again_at(most).value_or(site.now) <= site.now;
}

void change(const Site& site, EvseMemory& memory) {
    memory.phases = memory.phases == 3 ? 1 : 3;
    memory.car_phases = {true, true, true};  // seen anew
    memory.fewer_since.reset();
    memory.changed_at = site.now;
    memory.switches.note(site.now);
}

/// First it must have stopped to draw, then things must settle.
std::optional<Instant> go_on(const Site& site, const Draw& draw, EvseMemory& memory) {
    const auto& timing = site.timing;
    if (!memory.changed_at) {
        const Instant waited = site.now - *memory.changing_since;
        if (draw.wire_a >= kDrawsA && waited < timing.phases_settle) {
            return 2 * timing.phases_settle - waited;
        }
        change(site, memory);
    }
    const Instant settled = site.now - *memory.changed_at;
    if (settled < timing.phases_settle) {
        return timing.phases_settle - settled;
    }
    memory.changing_since.reset();
    memory.changed_at.reset();
    memory.other_since.reset();
    return std::nullopt;
}

/// What it was told it does; where it says otherwise, that counts.
void leave_one_wire(const Evse& evse, Draw& draw) {
    const int first = evse.wiring.site_phase[0];
    for (int p = 0; p < static_cast<int>(kPhases); ++p) {
        if (p != first) {
            draw.wires.at(static_cast<std::size_t>(p)) = 0;
        }
    }
}

}  // namespace

std::optional<Instant> choose_phases(const Evse& evse, const Site& site, Draw& draw, EvseMemory& memory) {
    if (!evse.can_switch || draw.all_wires[0] + draw.all_wires[1] + draw.all_wires[2] < 3 || !draw.answers) {
        return std::nullopt;
    }
    std::optional<Instant> remaining;
    if (memory.changing_since) {
        remaining = go_on(site, draw, memory);
    } else {
        const bool charges = draw.told_a > 0 || draw.wire_a >= kDrawsA;
        const int wanted = better_choice(evse, site, memory);
        if (wanted == memory.phases || !draw.has_vehicle) {
            memory.other_since.reset();
        } else {
            memory.other_since = memory.other_since.value_or(site.now);
            if (site.now - *memory.other_since >= patience(evse, site, wanted, charges) &&
                may_change(site, memory)) {
                memory.changing_since = site.now;
                remaining = go_on(site, draw, memory);
            }
        }
    }
    if (memory.phases == 1 && evse.phases_in_use.value_or(1) == 1 && !memory.changing_since) {
        leave_one_wire(evse, draw);
    }
    return remaining;
}

}  // namespace sunherd::engine
