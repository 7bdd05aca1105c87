#pragma once

#include "evaluate/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sunherd::ctl::testing {

inline double volts_to_a(const ScenarioSite& site, double power_w) {
    return power_w / site.voltage_v;
}

/// The physics of a site whose loads draw what they are allowed, by the bench's rules but written down anew.
struct Physics {
    const Scenario& scenario;
    const std::vector<engine::Allocation>& allowed;
    engine::PerPhase load_a{};
    double total_a = 0;    ///< T: without storage
    double sun_a = 0;      ///< s: of each phase
    double storage_a = 0;  ///< D: the most the storage gives
    double spare_a = 0;    ///< the same for loads that live on the sun
    double given_a = 0;    ///< b: what it gives
    int running = 0;
    bool exact = false;

    Physics(const Scenario& of, const std::vector<engine::Allocation>& with) : scenario(of), allowed(with) {
        const auto& site = scenario.site;
        const double n = site.phases;
        sun_a = volts_to_a(site, site.solar_w) / n;
        for (std::size_t i = 0; i < allowed.size(); ++i) {
            running += allowed[i].current_a > 0 ? 1 : 0;
            for (std::size_t p = 0; p < 3; ++p) {
                load_a.at(p) += scenario.loads[i].load.path.wires.at(p) * allowed[i].current_a;
            }
        }
        for (std::size_t p = 0; p < static_cast<std::size_t>(site.phases); ++p) {
            total_a += site.household_a.at(p) + load_a.at(p) - sun_a;
        }
        if (site.battery) {
            const auto& battery = *site.battery;
            double most_a = std::min(volts_to_a(site, battery.max_discharge_w),
                                     volts_to_a(site, site.inverter.max_w) - n * sun_a);
            if (!site.inverter.asymmetric) {
                most_a = std::min(most_a, n * (volts_to_a(site, site.inverter.max_per_phase_w) - sun_a));
            }
            storage_a = battery.soc_pct > battery.soc_min_pct ? std::max(0.0, most_a) : 0;
            spare_a = battery.soc_pct > battery.soc_target_pct ? storage_a : 0;
        }
        given_a = std::min(std::max(0.0, total_a), storage_a);
    }

    double tolerance_a() const { return exact ? 0.05 : 0.15 * std::sqrt(std::max(1, running)); }
    bool touched(std::size_t p) const { return load_a.at(p) > 0; }
    double use_a(std::size_t p) const { return scenario.site.household_a.at(p) + load_a.at(p); }

    bool breaker_holds() const {
        const auto& site = scenario.site;
        double needed_a = 0;
        for (std::size_t p = 0; p < static_cast<std::size_t>(site.phases); ++p) {
            if (!touched(p)) {
                continue;
            }
            const double beyond_a = use_a(p) - site.main_breaker_a;
            if (!site.inverter.asymmetric) {
                if (beyond_a - sun_a - given_a / site.phases > tolerance_a()) {
                    return false;
                }
                continue;
            }
            needed_a += std::max(0.0, beyond_a);
            // Unmeasured sun hides what the house draws on a phase.
            if (site.solar_measured &&
                beyond_a - volts_to_a(site, site.inverter.max_per_phase_w) > tolerance_a()) {
                return false;
            }
        }
        return needed_a <= site.phases * sun_a + given_a + tolerance_a();
    }
    bool import_holds() const {
        return running == 0 ||
               total_a - given_a <= volts_to_a(scenario.site, scenario.site.max_import_w) + tolerance_a();
    }
    bool groups_hold() const {
        for (std::size_t g = 0; g < scenario.site.groups.size(); ++g) {
            engine::PerPhase sum_a{};
            for (std::size_t i = 0; i < allowed.size(); ++i) {
                const auto& path = scenario.loads[i].load.path;
                for (std::uint8_t l = 0; l < path.limit_count; ++l) {
                    for (std::size_t p = 0; path.limits.at(l) == static_cast<int>(g) && p < 3; ++p) {
                        sum_a.at(p) += path.wires.at(p) * allowed[i].current_a;
                    }
                }
            }
            if (*std::max_element(sum_a.begin(), sum_a.end()) >
                scenario.site.groups[g].limit_a + tolerance_a()) {
                return false;
            }
        }
        return true;
    }
    bool only(engine::Source source) const {
        for (std::size_t i = 0; i < allowed.size(); ++i) {
            if (allowed[i].current_a > 0 && scenario.loads[i].load.source != source) {
                return false;
            }
        }
        return true;
    }
    bool no_import() const {
        if (total_a > spare_a + tolerance_a()) {
            return false;
        }
        for (std::size_t p = 0; p < static_cast<std::size_t>(scenario.site.phases); ++p) {
            if (!scenario.site.inverter.asymmetric && touched(p) &&
                use_a(p) - sun_a - spare_a / scenario.site.phases > tolerance_a()) {
                return false;
            }
        }
        return true;
    }
};

}  // namespace sunherd::ctl::testing
