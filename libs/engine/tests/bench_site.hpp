#pragma once

#include "engine/decide.hpp"

#include <algorithm>
#include <random>

/// A site for tests that obeys: decisions are applied, cars draw what they are told, the grid meter shows it.
namespace sunherd::engine::test {

using namespace std::chrono_literals;

struct BenchSite {
    Site site;
    Memory memory;
    Decision last;
    PerPhase house_a{2, 2, 2};  ///< − = PV
    double ignored_below_a = 0;

    explicit BenchSite(double fuse_a, int phases = 3) {
        site.now = 1h;
        site.phases = phases;
        site.circuits.push_back({.id = "main", .limit_a = fuse_a, .metered = true});
    }

    BenchSite& house(PerPhase load_a) {
        house_a = load_a;
        return *this;
    }

    /// In state C, ready to draw what it is told.
    Evse& add(const std::string& id, ChargeMode mode = ChargeMode::now, int priority = 1) {
        Evse evse;
        evse.id = id;
        evse.mode = mode;
        evse.priority = priority;
        evse.state = Iec61851::C;
        site.evses.push_back(evse);
        return site.evses.back();
    }

    Evse& evse(const std::string& id) {
        return *std::find_if(site.evses.begin(), site.evses.end(),
                             [&](const Evse& evse) { return evse.id == id; });
    }

    const EvseDecision& of(const std::string& id) const {
        return *std::find_if(last.evses.begin(), last.evses.end(),
                             [&](const EvseDecision& evse) { return evse.id == id; });
    }
    double target_a(const std::string& id) const { return of(id).target_a; }
    ReasonCode why(const std::string& id) const { return of(id).reason.code; }

    /// Sets what the EVSE's car draws, per phase of the site.
    void draw(const std::string& id, const PerPhase& current_a) {
        for (int p = 0; p < site.phases; ++p) {
            evse(id).current_a[p] = current_a.at(static_cast<std::size_t>(p));
        }
    }

    double drawn_a(std::size_t phase, int circuit) const {
        double sum_a = 0;
        for (const auto& evse : site.evses) {
            int c = evse.circuit;
            while (c > circuit) {
                c = site.circuits[static_cast<std::size_t>(c)].parent;
            }
            sum_a += c == circuit ? evse.current_a.phase.at(phase).value_or(0) : 0;
        }
        return sum_a;
    }

    /// Fresh readings of everything, as it is.
    void measure() {
        for (std::size_t c = 0; c < site.circuits.size(); ++c) {
            auto& circuit = site.circuits[c];
            for (std::size_t p = 0; circuit.metered && p < static_cast<std::size_t>(site.phases); ++p) {
                circuit.current_a.phase.at(p) =
                    drawn_a(p, static_cast<int>(c)) + (c == 0 ? house_a.at(p) : 0);
            }
            circuit.read_at = site.now;
        }
        for (auto& evse : site.evses) {
            evse.read_at = site.now;
        }
        for (auto& reading : site.batteries) {
            reading.read_at = site.now;
        }
    }

    const Decision& decide() {
        last = engine::decide(site, memory);
        memory = last.memory;
        return last;
    }

    /// Every car draws what it was told on all its wires.
    void obey() {
        for (auto& evse : site.evses) {
            PerPhase current_a{};
            for (int wire = 0; wire < std::min(evse.wiring.count, of(evse.id).phases.value_or(3)); ++wire) {
                current_a.at(static_cast<std::size_t>(
                    evse.wiring.site_phase.at(static_cast<std::size_t>(wire)))) += target_a(evse.id);
            }
            draw(evse.id, current_a);
        }
    }

    /// Seconds of readings once a second; cars obey unless told otherwise.
    void run(int seconds, bool obedient = true) {
        for (int i = 0; i < seconds; ++i) {
            site.now += 1s;
            measure();
            decide();
            if (obedient) {
                obey();
            }
        }
    }
};

}  // namespace sunherd::engine::test
