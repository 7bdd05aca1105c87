#pragma once

#include "engine/allocate.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Scenarios in the neutral format `charging-engine-scenarios/1`: a site, loads, and what each should get.
/// `docs/engine.md` describes it. Phases are A, B, C there, L1, L2, L3 elsewhere.
namespace sunherd::ctl {

enum class Bench {
    still,  ///< one answer; no load draws, the storage idles
    loop,   ///< 30 cycles in which loads draw what they are told and the storage reacts
    both,
};

struct ScenarioBattery {
    double soc_pct = 0;
    double soc_min_pct = 20;
    double soc_target_pct = 80;
    double max_charge_w = 5000;
    double max_discharge_w = 5000;
    bool stop_below_min = false;  ///< eco loads, below the minimum; else they keep their minimum
};

struct ScenarioInverter {
    double max_w = engine::kNoLimit;
    double max_per_phase_w = engine::kNoLimit;
    bool asymmetric = false;
    bool output_measured = false;
};

struct ScenarioSite {
    double voltage_v = 230;
    double main_breaker_a = 25;
    int phases = 3;
    engine::PerPhase household_a{};
    double solar_w = 0;  ///< split evenly
    bool solar_measured = false;
    double max_import_w = engine::kNoLimit;
    double excess_threshold_w = 13000;
    bool allow_grid_charging = true;
    engine::Distribution distribution = engine::Distribution::priority;
    std::optional<ScenarioBattery> battery;
    ScenarioInverter inverter;
    std::vector<engine::Limit> groups;
    std::vector<std::string> group_names;
};

struct ScenarioLoad {
    std::string id;
    engine::Load load;
    std::string phases;   ///< those it uses, sorted: "AB"
    std::string warning;  ///< what of it can't be; empty: nothing
};

struct Expected {
    std::optional<double> allowed_a;
    std::optional<std::string> active_phases;
    std::optional<double> available_a;
};

struct Scenario {
    std::string id;
    Bench bench = Bench::loop;
    ScenarioSite site;
    std::vector<ScenarioLoad> loads;
    std::vector<std::map<std::string, Expected>> accepted;  ///< any of them is right; empty: nothing is said
    double max_variation_a = 0.5;
};

/// A file's scenarios: a list, or a list under `scenarios`; YAML or JSON. Error: why it is none.
tl::expected<std::vector<nlohmann::json>, std::string> read_scenarios(const std::string& text);

/// One scenario of such a list. Error: what of it makes no sense, by key.
tl::expected<Scenario, std::string> to_scenario(const nlohmann::json& json);

}  // namespace sunherd::ctl
