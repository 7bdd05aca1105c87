#pragma once

#include "evaluate/bench.hpp"

#include <random>

namespace sunherd::ctl::testing {

/// Sites at random: one or three phases, every mode, mask and distribution, storages, inverters, groups.
class RandomSites {
  public:
    explicit RandomSites(std::uint64_t seed) : random_(seed) {}

    Scenario next() {
        Scenario scenario;
        scenario.bench = Bench::loop;
        site(scenario.site);
        const int loads = whole(1, 6);
        for (int i = 0; i < loads; ++i) {
            scenario.loads.push_back(load(scenario.site, i));
        }
        groups(scenario);
        return scenario;
    }
    double real(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random_);
    }
    int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    bool chance(double part) { return real(0, 1) < part; }

  private:
    void site(ScenarioSite& site) {
        site.phases = chance(0.3) ? 1 : 3;
        site.main_breaker_a = whole(16, 63);
        for (int p = 0; p < site.phases; ++p) {
            site.household_a.at(static_cast<std::size_t>(p)) = std::round(real(0, 20) * 10) / 10;
        }
        site.solar_w = chance(0.3) ? 0 : std::round(real(0, 15000));
        site.solar_measured = chance(0.5);
        site.max_import_w = chance(0.5) ? engine::kNoLimit : std::round(real(2000, 30000));
        site.excess_threshold_w = std::round(real(0, 8000));
        site.distribution = static_cast<engine::Distribution>(whole(0, 3));
        if (chance(0.6)) {
            ScenarioBattery battery;
            battery.soc_pct = whole(5, 100);
            battery.max_charge_w = whole(0, 8000);
            battery.max_discharge_w = whole(0, 8000);
            site.battery = battery;
            site.allow_grid_charging = chance(0.9);
        }
        if (chance(0.7)) {
            // At least what the sun gives; else no site could be as described.
            site.inverter.max_w = site.solar_w + whole(0, 10000);
            site.inverter.max_per_phase_w = site.inverter.max_w / (chance(0.5) ? 1 : site.phases);
            site.inverter.asymmetric = chance(0.5);
            site.inverter.output_measured = site.solar_measured && chance(0.5);
        }
    }

    ScenarioLoad load(const ScenarioSite& site, int index) {
        static const std::vector<std::string> masks{"A", "B", "C", "AB", "BC", "AC", "ABC", "ABC", "ABC"};
        ScenarioLoad load;
        load.id = "load_" + std::to_string(index);
        load.phases = site.phases == 1 ? "A" : masks[static_cast<std::size_t>(whole(0, 8))];
        for (const char letter : load.phases) {
            load.load.path.wires.at(static_cast<std::size_t>(letter - 'A')) = 1;
        }
        load.load.min_a = 6;
        load.load.max_a = whole(0, 5) == 0 ? 6 : whole(7, 32);
        load.load.priority = whole(1, 10);
        load.load.rank = index;
        load.load.source = static_cast<engine::Source>(whole(0, 3));
        load.load.urgency = load.load.source;
        load.load.active = chance(0.85);
        return load;
    }

    void groups(Scenario& scenario) {
        const int count = chance(0.3) ? whole(1, 2) : 0;
        for (int g = 0; g < count; ++g) {
            engine::Limit limit;
            limit.limit_a = whole(6, 40);
            scenario.site.groups.push_back(limit);
            scenario.site.group_names.push_back("group");
            for (auto& load : scenario.loads) {
                if (chance(0.6)) {
                    load.load.path.limits.at(load.load.path.limit_count++) = static_cast<std::int16_t>(g);
                }
            }
        }
    }

    std::mt19937_64 random_;
};

}  // namespace sunherd::ctl::testing
