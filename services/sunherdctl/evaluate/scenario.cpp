#include "scenario.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace sunherd::ctl {
namespace {

using engine::Source;
using nlohmann::json;

/// What makes no sense; becomes the error of the scenario.
struct Nonsense : std::runtime_error {
    using std::runtime_error::runtime_error;
};

const json* find(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

void read(const json& object, const char* key, double& to, double least, double most) {
    const json* value = find(object, key);
    if (value == nullptr) {
        return;
    }
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (!(number >= least && number <= most)) {
        throw Nonsense(std::string(key) + ": expected a number from " + std::to_string(least) + " to " +
                       std::to_string(most) + ", got " + value->dump());
    }
    to = number;
}

void read(const json& object, const char* key, bool& to) {
    if (const json* value = find(object, key)) {
        if (!value->is_boolean()) {
            throw Nonsense(std::string(key) + ": expected true or false, got " + value->dump());
        }
        to = value->get<bool>();
    }
}

std::string word(const json& object, const char* key, const std::string& otherwise) {
    const json* value = find(object, key);
    if (value == nullptr) {
        return otherwise;
    }
    if (!value->is_string()) {
        throw Nonsense(std::string(key) + ": expected text, got " + value->dump());
    }
    return value->get<std::string>();
}

template <class T>
T one_of(const json& object, const char* key, const std::string& otherwise,
         const std::vector<std::pair<std::string, T>>& known) {
    const auto text = word(object, key, otherwise);
    std::string words;
    for (const auto& [name, value] : known) {
        if (name == text) {
            return value;
        }
        words += " " + name;
    }
    throw Nonsense(std::string(key) + ": expected one of" + words + ", got " + text);
}

const json& object_of(const json& parent, const char* key) {
    const json* value = find(parent, key);
    if (value == nullptr || !value->is_object()) {
        throw Nonsense(std::string(key) + ": expected an object");
    }
    return *value;
}

constexpr double kMostA = 10'000;
constexpr double kMostW = 1e7;

ScenarioBattery battery_of(const json& from) {
    ScenarioBattery battery;
    if (find(from, "soc_pct") == nullptr) {
        throw Nonsense("battery.soc_pct: is missing");
    }
    read(from, "soc_pct", battery.soc_pct, 0, 100);
    read(from, "soc_min_pct", battery.soc_min_pct, 0, 100);
    read(from, "soc_target_pct", battery.soc_target_pct, 0, 100);
    read(from, "max_charge_w", battery.max_charge_w, 0, kMostW);
    read(from, "max_discharge_w", battery.max_discharge_w, 0, kMostW);
    battery.stop_below_min = one_of<bool>(from, "below_min", "minimum", {{"minimum", false}, {"stop", true}});
    return battery;
}

ScenarioInverter inverter_of(const json& from) {
    ScenarioInverter inverter;
    read(from, "max_w", inverter.max_w, 0, kMostW);
    read(from, "max_per_phase_w", inverter.max_per_phase_w, 0, kMostW);
    read(from, "asymmetric", inverter.asymmetric);
    read(from, "output_measured", inverter.output_measured);
    one_of<bool>(from, "wiring", "parallel", {{"parallel", false}, {"series", true}});
    return inverter;
}

ScenarioSite site_of(const json& from) {
    ScenarioSite site;
    read(from, "voltage_v", site.voltage_v, 50, 1000);
    read(from, "main_breaker_a", site.main_breaker_a, 0, kMostA);
    site.phases = one_of<int>(from, "phases", "ABC", {{"A", 1}, {"AB", 2}, {"ABC", 3}});
    if (const json* house = find(from, "household_a")) {
        if (!house->is_object()) {
            throw Nonsense("household_a: expected an object of phases");
        }
        read(*house, "A", site.household_a[0], -kMostA, kMostA);
        read(*house, "B", site.household_a[1], -kMostA, kMostA);
        read(*house, "C", site.household_a[2], -kMostA, kMostA);
    }
    read(from, "solar_w", site.solar_w, 0, kMostW);
    read(from, "solar_measured", site.solar_measured);
    read(from, "max_import_w", site.max_import_w, 0, kMostW);
    read(from, "excess_threshold_w", site.excess_threshold_w, 0, kMostW);
    read(from, "allow_grid_charging", site.allow_grid_charging);
    using engine::Distribution;
    site.distribution = one_of<Distribution>(from, "distribution", "priority",
                                             {{"priority", Distribution::priority},
                                              {"shared", Distribution::shared},
                                              {"strict", Distribution::strict},
                                              {"optimized", Distribution::optimized}});
    if (const json* battery = find(from, "battery")) {
        site.battery = battery_of(*battery);
    }
    if (const json* inverter = find(from, "inverter")) {
        site.inverter = inverter_of(*inverter);
    }
    return site;
}

/// Wires on phases that the site lacks carry nothing.
void read_wiring(const json& from, int site_phases, ScenarioLoad& to) {
    const auto wiring =
        word(from, "phases", std::string("ABC").substr(0, static_cast<std::size_t>(site_phases)));
    for (const char letter : wiring) {
        if (letter < 'A' || letter > 'C' || wiring.size() > 3) {
            throw Nonsense("phases: expected one to three of A, B, C, got " + wiring);
        }
        if (letter - 'A' < site_phases) {
            to.load.path.wires.at(static_cast<std::size_t>(letter - 'A')) += 1;
        } else {
            to.warning = "the site has no phase " + std::string(1, letter) + "; that wire is left out";
        }
    }
    for (std::size_t p = 0; p < engine::kPhases; ++p) {
        if (to.load.path.wires.at(p) > 0) {
            to.phases += static_cast<char>('A' + p);
        }
    }
    if (to.phases.empty()) {
        throw Nonsense("phases: " + wiring + " has no wire on a phase of the site");
    }
}

void read_currents(const json& from, double voltage_v, engine::Load& to) {
    if (find(from, "power_w") != nullptr) {
        double power_w = 0;
        read(from, "power_w", power_w, 0, kMostW);
        to.min_a = to.max_a = power_w / (voltage_v * to.path.wire_count());
        return;
    }
    read(from, "min_a", to.min_a, 0, kMostA);
    read(from, "max_a", to.max_a, 0, kMostA);
    if (to.min_a > to.max_a) {
        throw Nonsense("min_a is above max_a");
    }
}

ScenarioLoad load_of(const json& from, const ScenarioSite& site, int index) {
    ScenarioLoad load;
    load.id = word(from, "id", "load_" + std::to_string(index + 1));
    read_wiring(from, site.phases, load);
    read_currents(from, site.voltage_v, load.load);
    double priority = 1;
    read(from, "priority", priority, 0, 1000);
    load.load.priority = static_cast<int>(priority);
    load.load.source = one_of<Source>(from, "mode", "standard",
                                      {{"standard", Source::any},
                                       {"continuous", Source::any},
                                       {"solar_priority", Source::minimum_or_surplus},
                                       {"solar_only", Source::surplus},
                                       {"excess", Source::excess}});
    load.load.urgency = load.load.source;
    static const std::vector<std::string> idle{"available", "unknown", "unavailable", "finishing", "faulted"};
    auto status = word(from, "status", "charging");
    std::transform(status.begin(), status.end(), status.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    load.load.active = std::find(idle.begin(), idle.end(), status) == idle.end();
    return load;
}

/// Among equals the name decides, as the order of the list must not matter.
void rank_by_name(std::vector<ScenarioLoad>& loads) {
    std::vector<std::string_view> names;
    for (const auto& load : loads) {
        names.push_back(load.id);
    }
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
        throw Nonsense("loads: two are called " + std::string(*twice));
    }
    for (auto& load : loads) {
        load.load.rank =
            static_cast<int>(std::lower_bound(names.begin(), names.end(), load.id) - names.begin());
    }
}

void read_groups(const json& from, Scenario& scenario) {
    const json* groups = find(from, "circuit_groups");
    if (groups == nullptr) {
        return;
    }
    for (const auto& group : *groups) {
        engine::Limit limit;
        read(group, "limit_a", limit.limit_a, 0, kMostA);
        const auto index = static_cast<std::int16_t>(scenario.site.groups.size());
        scenario.site.groups.push_back(limit);
        scenario.site.group_names.push_back(word(group, "name", "group " + std::to_string(index + 1)));
        for (const auto& member : group.value("members", json::array())) {
            const auto load = std::find_if(scenario.loads.begin(), scenario.loads.end(),
                                           [&](const auto& each) { return each.id == member; });
            if (load == scenario.loads.end()) {
                throw Nonsense("circuit_groups: there is no load " + member.dump());
            }
            auto& path = load->load.path;
            if (path.limit_count == engine::Path::kMostLimits) {
                throw Nonsense("circuit_groups: " + load->id + " is in more than 8");
            }
            path.limits.at(path.limit_count++) = index;
        }
    }
}

std::map<std::string, Expected> expected_of(const json& from) {
    std::map<std::string, Expected> expected;
    for (const auto& [id, each] : from.items()) {
        Expected& to = expected[id];
        if (each.is_number()) {
            to.allowed_a = each.get<double>();
            continue;
        }
        if (const json* value = find(each, "allowed_a")) {
            to.allowed_a = value->get<double>();
        }
        if (const json* value = find(each, "active_phases")) {
            to.active_phases = value->get<std::string>();
        }
        if (const json* value = find(each, "available_a")) {
            to.available_a = value->get<double>();
        }
    }
    return expected;
}

Scenario convert(const json& from) {
    Scenario scenario;
    scenario.id = word(from, "id", "");
    scenario.bench = one_of<Bench>(from, "bench", "loop",
                                   {{"still", Bench::still}, {"loop", Bench::loop}, {"both", Bench::both}});
    scenario.site = site_of(object_of(from, "site"));
    const json* loads = find(from, "loads");
    if (loads == nullptr || !loads->is_array()) {
        throw Nonsense("loads: expected a list");
    }
    for (const auto& load : *loads) {
        scenario.loads.push_back(load_of(load, scenario.site, static_cast<int>(scenario.loads.size())));
    }
    rank_by_name(scenario.loads);
    read_groups(from.at("site"), scenario);
    read(from, "max_variation_a", scenario.max_variation_a, 0, 100);
    if (const json* expected = find(from, "expected")) {
        scenario.accepted.push_back(expected_of(*expected));
        for (const auto& also : from.value("also_accept", json::array())) {
            scenario.accepted.push_back(expected_of(also));
        }
    }
    return scenario;
}

}  // namespace

tl::expected<Scenario, std::string> to_scenario(const json& json) {
    if (!json.is_object()) {
        return tl::unexpected(std::string("is no object"));
    }
    try {
        return convert(json);
    } catch (const Nonsense& error) {
        return tl::unexpected(std::string(error.what()));
    } catch (const nlohmann::json::exception& error) {
        return tl::unexpected(std::string(error.what()));
    }
}

}  // namespace sunherd::ctl
