#include "evaluate.hpp"

#include "bench.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace sunherd::ctl {
namespace {

using nlohmann::json;

constexpr double kToleranceA = 0.1 + 1e-9;

json reason(const Scenario& scenario, const ScenarioLoad& load, const engine::Allocation& allocation) {
    using Kind = engine::Bound::Kind;
    json reason = json::object();
    const auto& bound = allocation.bound;
    switch (bound.kind) {
        case Kind::none:
            reason["code"] = "max_current";
            break;
        case Kind::fuse:
            reason["code"] = "main_fuse";
            break;
        case Kind::limit:
            reason["code"] = "circuit_fuse";
            reason["circuit"] = scenario.site.group_names[static_cast<std::size_t>(bound.limit)];
            break;
        case Kind::import_limit:
            reason["code"] = "import_limit";
            break;
        case Kind::imbalance:
            reason["code"] = "imbalance";
            break;
        case Kind::inverter:
            reason["code"] = "inverter_limit";
            break;
        case Kind::surplus:
            reason["code"] = allocation.current_a > 0 ? "surplus" : "surplus_low";
            break;
        case Kind::excess:
            reason["code"] = allocation.current_a > 0 ? "excess" : "excess_low";
            break;
    }
    if (!load.load.active) {
        reason = {{"code", "inactive"}};
    } else if (bound.kind != Kind::none && bound.phase >= 0) {
        reason["phase"] = std::string(1, static_cast<char>('A' + bound.phase));
    }
    if (!load.warning.empty()) {
        reason["warning"] = load.warning;
    }
    return reason;
}

json to_json(const Scenario& scenario, const Played& played) {
    json result = {{"allowed", json::object()},
                   {"active_phases", json::object()},
                   {"available", json::object()},
                   {"next", json::object()},
                   {"reasons", json::object()}};
    for (std::size_t i = 0; i < scenario.loads.size(); ++i) {
        const auto& load = scenario.loads[i];
        const auto& allocation = played.allowed[i];
        result["allowed"][load.id] = allocation.current_a;
        result["active_phases"][load.id] = allocation.current_a > 0 ? load.phases : "";
        result["available"][load.id] = allocation.available_a;
        result["next"][load.id] = played.next_a[i];
        result["reasons"][load.id] = reason(scenario, load, allocation);
        for (const auto& cycle : played.tail_a) {
            result["tail"][load.id].push_back(cycle[i]);
        }
    }
    return result;
}

/// Nothing is allowed on a site that makes no sense.
json refused(const json& scenario, const std::string& why) {
    json result = {{"error", why}, {"allowed", json::object()}};
    if (scenario.is_object() && scenario.contains("loads") && scenario["loads"].is_array()) {
        for (const auto& load : scenario["loads"]) {
            if (load.is_object() && load.contains("id") && load["id"].is_string()) {
                result["allowed"][load["id"].get<std::string>()] = 0;
            }
        }
    }
    return result;
}

json evaluate_one(const json& from) {
    const auto scenario = to_scenario(from);
    if (!scenario) {
        return refused(from, scenario.error());
    }
    if (scenario->bench != Bench::both) {
        return to_json(*scenario, play(*scenario, scenario->bench));
    }
    json result = to_json(*scenario, play(*scenario, Bench::loop));
    result["still"] = to_json(*scenario, play(*scenario, Bench::still));
    return result;
}

bool is_near(double value, double expected) {
    return std::abs(value - expected) <= kToleranceA;
}

std::string difference(const Scenario& scenario, const Played& played,
                       const std::map<std::string, Expected>& expected) {
    std::string text;
    for (const auto& [id, want] : expected) {
        const auto load = std::find_if(scenario.loads.begin(), scenario.loads.end(),
                                       [&id = id](const auto& each) { return each.id == id; });
        if (load == scenario.loads.end()) {
            text += " " + id + " is no load";
            continue;
        }
        const auto& got = played.allowed[static_cast<std::size_t>(load - scenario.loads.begin())];
        const auto tell = [&text, &name = id](const char* what, const json& is, const json& should) {
            text.append(" ")
                .append(name)
                .append(what)
                .append(is.dump())
                .append(", expected ")
                .append(should.dump());
            text += ";";
        };
        if (want.allowed_a && !is_near(got.current_a, *want.allowed_a)) {
            tell(" gets ", got.current_a, *want.allowed_a);
        }
        if (want.available_a && !is_near(got.available_a, *want.available_a)) {
            tell(" could get ", got.available_a, *want.available_a);
        }
        const auto phases = got.current_a > 0 ? load->phases : "";
        if (want.active_phases && want.allowed_a && phases != *want.active_phases) {
            tell(" is on ", phases, *want.active_phases);
        }
    }
    return text;
}

std::string unrest(const Scenario& scenario, const Played& played) {
    for (std::size_t i = 0; i < scenario.loads.size(); ++i) {
        double least = engine::kNoLimit;
        double most = 0;
        for (const auto& cycle : played.tail_a) {
            least = std::min(least, cycle[i]);
            most = std::max(most, cycle[i]);
        }
        if (!played.tail_a.empty() && most - least > scenario.max_variation_a + 1e-9) {
            return " " + scenario.loads[i].id + " does not come to rest";
        }
    }
    return {};
}

std::string what_is_wrong(const Scenario& scenario, Bench bench) {
    const auto played = play(scenario, bench);
    std::string first;
    for (const auto& accepted : scenario.accepted) {
        const auto text = difference(scenario, played, accepted);
        if (text.empty()) {
            first.clear();
            break;
        }
        first = first.empty() ? text : first;
    }
    return first + unrest(scenario, played);
}

std::string what_is_wrong(const Scenario& scenario) {
    if (scenario.bench != Bench::both) {
        return what_is_wrong(scenario, scenario.bench);
    }
    return what_is_wrong(scenario, Bench::still) + what_is_wrong(scenario, Bench::loop);
}

std::string id_of(const json& scenario, std::size_t index) {
    const bool has = scenario.is_object() && scenario.contains("id") && scenario["id"].is_string();
    return has ? scenario["id"].get<std::string>() : "#" + std::to_string(index + 1);
}

}  // namespace

json evaluate(const std::vector<json>& scenarios) {
    json results = json::object();
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
        auto id = id_of(scenarios[i], i);
        while (results.contains(id)) {
            id += " #" + std::to_string(i + 1);  // two of one name: both are answered
        }
        results[id] = evaluate_one(scenarios[i]);
    }
    return results;
}

int check(const std::vector<json>& scenarios, std::ostream& out) {
    int failed = 0;
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
        const auto scenario = to_scenario(scenarios[i]);
        const auto wrong = scenario ? what_is_wrong(*scenario) : " " + scenario.error();
        if (!wrong.empty()) {
            ++failed;
            out << id_of(scenarios[i], i) << ":" << wrong << '\n';
        }
    }
    out << scenarios.size() - static_cast<std::size_t>(failed) << " passed, " << failed << " failed\n";
    return failed;
}

}  // namespace sunherd::ctl
