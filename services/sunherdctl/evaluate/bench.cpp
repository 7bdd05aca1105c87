#include "bench.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ctl {
namespace {

using engine::PerPhase;

constexpr int kCycles = 30;
constexpr int kStart = 5;  ///< cycles in which house and sun come up
constexpr std::size_t kTail = 5;
constexpr double kUpA = 1.5;
constexpr double kDownA = 3.0;
constexpr double kFullPct = 97;
constexpr double kHairA = 1e-9;

double sum(const PerPhase& values) {
    return values[0] + values[1] + values[2];
}

/// The site at one moment, as meters see it. A, + from the grid, from the storage.
struct Seen {
    PerPhase grid_a{};
    PerPhase draw_a{};
    double storage_a = 0;
    double pv_a = 0;
};

class House {
  public:
    explicit House(const Scenario& scenario) : scenario_(scenario), site_(scenario.site) {}

    Seen see(double part, const std::vector<double>& drawn_a, bool storage_reacts) const {
        Seen seen;
        seen.pv_a = part * site_.solar_w / site_.voltage_v;
        for (std::size_t i = 0; i < drawn_a.size(); ++i) {
            for (std::size_t p = 0; p < engine::kPhases; ++p) {
                seen.draw_a.at(p) += scenario_.loads[i].load.path.wires.at(p) * drawn_a[i];
            }
        }
        const double n = site_.phases;
        for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
            seen.grid_a.at(p) = part * site_.household_a.at(p) - seen.pv_a / n + seen.draw_a.at(p);
        }
        if (storage_reacts && site_.battery) {
            seen.storage_a = storage(sum(seen.grid_a), seen.pv_a);
            for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
                seen.grid_a.at(p) -= seen.storage_a / n;
            }
        }
        return seen;
    }

    engine::Supply supply(const Seen& seen) const;

  private:
    double storage(double import_a, double pv_a) const {
        const auto& battery = *site_.battery;
        if (import_a > 0 && battery.soc_pct > battery.soc_min_pct) {
            const double inverter_a = site_.inverter.max_w / site_.voltage_v - pv_a;
            return std::max(0.0, std::min({import_a, battery.max_discharge_w / site_.voltage_v, inverter_a}));
        }
        const bool full = battery.soc_pct >= kFullPct;
        return import_a < 0 && !full ? -std::min(-import_a, battery.max_charge_w / site_.voltage_v) : 0;
    }
    double exported(const Seen& seen, const PerPhase& base_a) const;
    void split(const Seen& seen, engine::Supply& supply) const;

    const Scenario& scenario_;
    const ScenarioSite& site_;
};

/// What the house draws on each phase, and the sun; where neither is measured, what is exported at least.
void House::split(const Seen& seen, engine::Supply& supply) const {
    const double n = site_.phases;
    if (!site_.solar_measured) {
        // Each phase gets at least what leaves on the one that exports most.
        const double sun_a = std::max(0.0, -*std::min_element(supply.base_a.begin(), supply.base_a.end()));
        for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
            supply.house_a.at(p) = std::max(0.0, supply.base_a.at(p));
            supply.house_most_a.at(p) = supply.base_a.at(p) + sun_a;
            supply.pv_a += std::max(0.0, -supply.base_a.at(p));
        }
        return;
    }
    supply.pv_a = seen.pv_a;
    for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
        supply.house_a.at(p) =
            supply.base_a.at(p) + seen.pv_a / n;  // measured, or split evenly for all we know
    }
    supply.house_most_a = supply.house_a;
}

/// What would leave the site if no load ran. A storage that charges while power leaves takes no more; one
/// that idles while power comes in does nothing at all; any other would take what it can.
double House::exported(const Seen& seen, const PerPhase& base_a) const {
    double spare_a = 0;
    for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
        spare_a += std::max(0.0, -base_a.at(p));
    }
    if (!site_.battery || site_.battery->soc_pct >= kFullPct) {
        return spare_a;
    }
    const double import_a = sum(seen.grid_a);
    const bool idles = import_a > -kHairA && seen.storage_a == 0;
    const bool known = import_a < -kHairA || idles;
    const double charge_a =
        known ? std::max(0.0, -seen.storage_a) : site_.battery->max_charge_w / site_.voltage_v;
    return std::max(0.0, spare_a - charge_a);
}

engine::Supply House::supply(const Seen& seen) const {
    const double v = site_.voltage_v;
    const double n = site_.phases;
    engine::Supply supply;
    supply.phases = site_.phases;
    supply.fuse_a = site_.main_breaker_a;
    supply.import_a = site_.max_import_w / v;
    supply.balances = site_.inverter.asymmetric;
    supply.inverter_phase_a = site_.inverter.max_per_phase_w / v;
    for (std::size_t p = 0; p < static_cast<std::size_t>(site_.phases); ++p) {
        supply.base_a.at(p) = seen.grid_a.at(p) - seen.draw_a.at(p) + seen.storage_a / n;
    }
    supply.export_a = exported(seen, supply.base_a);
    supply.excess_a = supply.export_a - site_.excess_threshold_w / v;
    split(seen, supply);
    if (site_.battery) {
        const auto& battery = *site_.battery;
        const double pv_a = supply.pv_a;
        double discharge_a = std::min(battery.max_discharge_w / v, site_.inverter.max_w / v - pv_a);
        if (!supply.balances) {
            discharge_a = std::min(discharge_a, n * supply.inverter_phase_a - pv_a);
        }
        supply.discharge_a = battery.soc_pct > battery.soc_min_pct ? std::max(0.0, discharge_a) : 0;
        supply.spare_discharge_a = battery.soc_pct > battery.soc_target_pct ? supply.discharge_a : 0;
        supply.grid_feeds_loads = site_.allow_grid_charging;
    }
    supply.surplus_a = supply.spare_discharge_a - sum(supply.base_a);
    supply.surplus_by_phase = !supply.balances;
    return supply;
}

/// What the storage's charge leaves of a load's mode.
engine::Load in_force(const engine::Load& load, const ScenarioSite& site) {
    engine::Load result = load;
    if (!site.battery || site.battery->soc_pct >= site.battery->soc_target_pct) {
        return result;
    }
    if (load.source == engine::Source::surplus) {
        result.max_a = 0;
    } else if (load.source == engine::Source::minimum_or_surplus) {
        const bool stop = site.battery->stop_below_min && site.battery->soc_pct < site.battery->soc_min_pct;
        result.max_a = stop ? 0 : load.min_a;
    }
    return result;
}

double command(double before_a, double allowed_a) {
    if (before_a == 0 || allowed_a == 0) {
        return allowed_a;
    }
    const double ramped_a = std::clamp(allowed_a, before_a - kDownA, before_a + kUpA);
    return std::round(ramped_a * 10) / 10;
}

}  // namespace

Played play(const Scenario& scenario, Bench bench) {
    const House house(scenario);
    std::vector<engine::Load> loads;
    for (const auto& load : scenario.loads) {
        loads.push_back(in_force(load.load, scenario.site));
    }
    engine::Allocator allocator;
    const auto answer = [&](double part, const std::vector<double>& drawn_a) {
        const auto supply = house.supply(house.see(part, drawn_a, bench == Bench::loop));
        return allocator.run(supply, scenario.site.groups, loads, scenario.site.distribution);
    };
    Played played;
    std::vector<double> commanded_a(loads.size(), 0.0);
    const int cycles = bench == Bench::loop ? kCycles : 1;
    for (int k = 0; k < cycles; ++k) {
        const double part = bench == Bench::loop ? std::min(1.0, (k + 1.0) / kStart) : 1;
        played.allowed = answer(part, commanded_a);
        if (bench == Bench::still) {
            break;
        }
        for (std::size_t i = 0; i < loads.size(); ++i) {
            commanded_a[i] = command(commanded_a[i], played.allowed[i].current_a);
        }
        played.tail_a.push_back(commanded_a);
        if (played.tail_a.size() > kTail) {
            played.tail_a.erase(played.tail_a.begin());
        }
    }
    std::vector<double> drawn_a;
    for (const auto& each : played.allowed) {
        drawn_a.push_back(each.current_a);
    }
    for (const auto& each : answer(1, drawn_a)) {
        played.next_a.push_back(each.current_a);
    }
    return played;
}

}  // namespace sunherd::ctl
