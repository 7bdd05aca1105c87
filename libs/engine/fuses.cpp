#include "engine/fuses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sunherd::engine {
namespace {

bool all_phases_known(const Circuit& circuit, int phases) {
    for (int p = 0; p < phases; ++p) {
        if (!finite(circuit.current_a[p])) {
            return false;
        }
    }
    return true;
}

void add(PerPhase& sum, const PerPhase& more) {
    for (std::size_t p = 0; p < kPhases; ++p) {
        sum.at(p) += more.at(p);
    }
}

/// So much of its rated current it bears for an hour.
double bears(FuseCurve curve) {
    return curve == FuseCurve::gG ? 1.25 : 1.13;
}

/// Is it overloaded so little, and for so short, that nobody has to make room? A minute of the hour that it
/// bears it, and then again after ten.
bool is_borne(CircuitMemory& memory, const Circuit& circuit, const Site& site) {
    if (!circuit.curve) {
        return false;
    }
    double most_a = 0;
    for (std::size_t p = 0; p < static_cast<std::size_t>(site.phases); ++p) {
        most_a = std::max(most_a, *circuit.current_a.phase.at(p));
    }
    const Instant since = std::max(Instant(0), *circuit.read_at - *memory.last_read_at);
    const bool over = most_a > circuit.limit_a;
    const double rest = static_cast<double>(site.timing.overload.count()) /
                        static_cast<double>(std::max<Instant::rep>(1, site.timing.overload_rest.count()));
    memory.overload += over ? since : -Instant(std::llround(rest * static_cast<double>(since.count())));
    memory.overload = std::clamp(memory.overload, Instant(0), site.timing.overload);
    return over && most_a <= circuit.limit_a * bears(*circuit.curve) &&
           memory.overload < site.timing.overload;
}

}  // namespace

void Fuses::observe(const Site& site, const std::vector<Draw>& draws, Memory& memory) {
    phases_ = site.phases;
    nodes_.assign(site.circuits.size(), {});
    below_.assign(site.circuits.size(), {});
    build(site);
    measure(site, draws, memory);
}

void Fuses::build(const Site& site) {
    for (std::size_t c = 0; c < nodes_.size(); ++c) {
        const Circuit& circuit = site.circuits[c];
        const bool parent_ok =
            c == 0 || (circuit.parent >= 0 && static_cast<std::size_t>(circuit.parent) < c);
        nodes_[c].parent = c == 0 ? -1 : (parent_ok ? circuit.parent : 0);
        nodes_[c].limit_a = parent_ok && std::isfinite(circuit.limit_a) ? std::max(0.0, circuit.limit_a) : 0;
        nodes_[c].metered = c == 0 || circuit.metered;
        nodes_[c].fresh =
            is_fresh(circuit.read_at, circuit.stale_after, site.now) && all_phases_known(circuit, phases_);
    }
}

/// Of one metered circuit.
void Fuses::follow(Node& here, CircuitMemory& memory, const Circuit& circuit, const Below& below,
                   const Site& site) {
    const Instant read_at = *circuit.read_at;
    const bool gap =
        !memory.fresh_since || !memory.last_read_at || read_at - *memory.last_read_at > circuit.stale_after;
    const bool borne = !gap && is_borne(memory, circuit, site);
    for (std::size_t p = 0; p < static_cast<std::size_t>(site.phases); ++p) {
        const double current_a = *circuit.current_a.phase.at(p);
        // Over its limit, what a car may have risen since its last reading is no excuse to wait.
        const double lag_a = current_a > circuit.limit_a ? 0 : below.lag_a.at(p);
        LoadBounds bounds{.explained = current_a - below.read_a.at(p) - below.unseen_a.at(p),
                          .least = current_a - below.read_a.at(p) - lag_a,
                          .most = current_a - below.least_a.at(p)};
        HeldLoad& load = memory.load_a.at(p);
        HeldLoad::Pace pace{site.timing.skew, site.timing.calm};
        if (borne) {
            bounds.explained = -kNoLimit;
            pace.skew = Instant::max() / 2;
        }
        if (gap) {
            load.resume(bounds.most);
        } else {
            load.follow(bounds, read_at, site.now, pace);
        }
    }
    if (gap) {
        memory.fresh_since = read_at;
    }
    memory.last_read_at = read_at;
    // While it bears more than its limit, nothing is raised.
    here.confirmed = !borne && read_at - *memory.fresh_since >= site.timing.grid_confirm - kJitter;
}

void Fuses::measure(const Site& site, const std::vector<Draw>& draws, Memory& memory) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
        Below& at = below_.at(static_cast<std::size_t>(site.evses[i].circuit));
        add(at.least_a, draws[i].least_a);
        add(at.read_a, draws[i].read_a);
        add(at.lag_a, draws[i].lag_a);
        add(at.unseen_a, draws[i].unseen_a);
    }
    for (std::size_t c = nodes_.size(); c-- > 0;) {
        Node& here = nodes_[c];
        CircuitMemory& known = memory.circuits[c];
        if (here.metered && here.fresh) {
            follow(here, known, site.circuits[c], below_[c], site);
        } else {
            known.fresh_since.reset();
        }
        for (std::size_t p = 0; p < kPhases; ++p) {
            if (here.metered) {
                below_[c].load_a.at(p) = known.load_a.at(p).value.value_or(0);
            }
            here.free_a.at(p) = here.limit_a - below_[c].load_a.at(p);
        }
        if (here.parent >= 0) {
            const auto parent = static_cast<std::size_t>(here.parent);
            add(below_[parent].least_a, below_[c].least_a);
            add(below_[parent].read_a, below_[c].read_a);
            add(below_[parent].lag_a, below_[c].lag_a);
            add(below_[parent].unseen_a, below_[c].unseen_a);
            for (std::size_t p = 0; p < kPhases && !nodes_[parent].metered; ++p) {
                below_[parent].load_a.at(p) += std::max(0.0, below_[c].load_a.at(p));
            }
        }
    }
}

std::optional<int> Fuses::unknown_at(int circuit) const {
    std::optional<int> unknown;
    for (int c = circuit; c >= 0; c = nodes_[static_cast<std::size_t>(c)].parent) {
        const Node& here = nodes_[static_cast<std::size_t>(c)];
        if (here.metered && !here.fresh) {
            unknown = c;  // the highest one says it best
        }
    }
    return unknown;
}

bool Fuses::confirmed(int circuit) const {
    for (int c = circuit; c >= 0; c = nodes_[static_cast<std::size_t>(c)].parent) {
        const Node& here = nodes_[static_cast<std::size_t>(c)];
        if (here.metered && !here.confirmed) {
            return false;
        }
    }
    return true;
}

Fuses::Room Fuses::room(int circuit, const PerPhase& wires) const {
    Room room{.current_a = std::numeric_limits<double>::infinity(), .circuit = circuit, .phase = 0};
    for (int c = circuit; c >= 0; c = nodes_[static_cast<std::size_t>(c)].parent) {
        for (int p = 0; p < phases_; ++p) {
            const auto phase = static_cast<std::size_t>(p);
            const double free_a = nodes_[static_cast<std::size_t>(c)].free_a.at(phase);
            if (wires.at(phase) > 0 && free_a / wires.at(phase) < room.current_a) {
                room = {.current_a = free_a / wires.at(phase), .circuit = c, .phase = p};
            }
        }
    }
    return room;
}

PerPhase Fuses::load_a(int circuit) const {
    const Node& here = nodes_.at(static_cast<std::size_t>(circuit));
    return {here.limit_a - here.free_a[0], here.limit_a - here.free_a[1], here.limit_a - here.free_a[2]};
}

bool Fuses::path(int circuit, Path& path) const {
    for (int c = circuit; c > 0; c = nodes_.at(static_cast<std::size_t>(c)).parent) {
        if (path.limit_count + 1U == Path::kMostLimits) {  // one is for all EVSEs together
            return false;
        }
        path.limits.at(path.limit_count++) = static_cast<std::int16_t>(c - 1);
    }
    return true;
}

void Fuses::take(int circuit, const PerPhase& wires, double current_a) {
    take(circuit, {wires[0] * current_a, wires[1] * current_a, wires[2] * current_a});
}

void Fuses::take(int circuit, const PerPhase& current_a) {
    for (int c = circuit; c >= 0; c = node(c).parent) {
        for (std::size_t p = 0; p < kPhases; ++p) {
            node(c).free_a.at(p) -= current_a.at(p);
        }
    }
}

}  // namespace sunherd::engine
