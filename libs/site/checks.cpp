#include "site/checks.hpp"

#include "site/fuses.hpp"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace sunherd::site {
namespace {

constexpr std::uint32_t kMostAddresses = 256;

void check_time_zone(const Draft& draft) {
    std::vector<std::string_view> names;
    try {
        for (const auto& zone : date::get_tzdb().zones) {
            names.push_back(zone.name());
        }
    } catch (const std::exception&) {
        draft.add("site.time_zone",
                  "can't be checked: this machine has no time zones; install the package tzdata");
        return;
    }
    const std::string& name = draft.site.time_zone;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
        return;
    }
    try {
        date::locate_zone(name);  // knows the links between zones, too
    } catch (const std::exception&) {
        const auto hint = suggestion(name, names);
        draft.add("site.time_zone", "there is no time zone " + in_quotes(name) +
                                        (hint.empty() ? "; write it like Europe/Berlin" : hint));
    }
}

/// What stands in no list has these on topics, in reasons and in Home Assistant.
bool is_ours(std::string_view list, std::string_view id) {
    return list == "circuits" ? id == "main" : id == "site" || id == "grid-connection";
}

void check_ids(const Draft& draft) {
    std::map<std::string_view, std::string> owners;
    const auto claim = [&](std::string_view list, std::size_t index, const std::string& id) {
        const std::string key = item_key(list, index, "id");
        if (is_ours(list, id)) {
            draft.add(key, "the id " + id + " stands for the site's own; take another");
        }
        const auto [owner, is_new] = owners.try_emplace(id, key);
        if (!is_new) {
            draft.add(key, "the id " + id + " is taken by " + owner->second + " in line " +
                               std::to_string(line_of(draft.root, owner->second)) +
                               "; circuits, devices and EVSEs must all have different ones");
        }
    };
    const Site& site = draft.site;
    for (std::size_t i = 0; i < site.circuits.size(); ++i) {
        claim("circuits", i, site.circuits[i].id);
    }
    for (std::size_t i = 0; i < site.devices.size(); ++i) {
        claim("devices", i, site.devices[i].id);
    }
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        claim("evses", i, site.evses[i].id);
    }
}

constexpr std::size_t kMostNested = 8;  ///< as the engine follows

const Circuit* find_circuit(const Site& site, std::string_view id) {
    const auto found = std::find_if(site.circuits.begin(), site.circuits.end(),
                                    [&](const Circuit& circuit) { return circuit.id == id; });
    return found == site.circuits.end() ? nullptr : &*found;
}

void check_circuit_exists(const Draft& draft, const std::string& key, const std::optional<std::string>& id) {
    if (!id || find_circuit(draft.site, *id) != nullptr) {
        return;
    }
    std::vector<std::string_view> known;
    for (const auto& circuit : draft.site.circuits) {
        known.push_back(circuit.id);
    }
    const std::string hint = suggestion(*id, known);
    draft.add(key, "there is no circuit " + *id +
                       (!hint.empty()   ? hint
                        : known.empty() ? "; describe it under circuits"
                                        : "; there are " + joined(known)));
}

bool contains_itself(const Site& site, const Circuit& circuit) {
    std::set<std::string_view> passed;
    const Circuit* next = &circuit;
    while (next != nullptr && next->parent && passed.insert(next->id).second) {
        if (*next->parent == circuit.id) {
            return true;
        }
        next = find_circuit(site, *next->parent);
    }
    return false;
}

/// More fuses from the circuit to the main fuse, that one left out, than the engine follows? Not in a circle.
bool too_deep(const Site& site, const Circuit* circuit) {
    std::size_t fuses = 0;
    while (circuit != nullptr && ++fuses <= kMostNested) {
        circuit = circuit->parent ? find_circuit(site, *circuit->parent) : nullptr;
    }
    if (circuit == nullptr) {
        return false;
    }
    std::set<std::string_view> passed;
    while (circuit != nullptr && passed.insert(circuit->id).second) {
        circuit = circuit->parent ? find_circuit(site, *circuit->parent) : nullptr;
    }
    return circuit == nullptr;  // else it hangs on a circle, which is told there
}

void check_circuits(const Draft& draft) {
    const Site& site = draft.site;
    for (std::size_t i = 0; i < site.circuits.size(); ++i) {
        const Circuit& circuit = site.circuits[i];
        check_circuit_exists(draft, item_key("circuits", i, "parent"), circuit.parent);
        if (contains_itself(site, circuit)) {
            draft.add(item_key("circuits", i, "parent"),
                      "circuit " + circuit.id + " would hang on itself; the outermost one has no parent");
            continue;
        }
        if (too_deep(site, &circuit)) {
            draft.add(item_key("circuits", i, "parent"),
                      "more than " + std::to_string(kMostNested) +
                          " fuses one behind the other; leave out those that never bind");
        }
        if (circuit.fuse_curve && !circuit.meter) {
            draft.add(item_key("circuits", i, "fuse_curve"),
                      "nothing measures how much this fuse is overloaded; give it a meter or leave this out");
        }
        if (!circuit.meter || !draft.right({"devices"})) {
            continue;
        }
        const bool measured = std::any_of(
            site.devices.begin(), site.devices.end(),
            [&](const Device& device) { return device.id == *circuit.meter && device.role == Role::meter; });
        if (!measured) {
            draft.add(item_key("circuits", i, "meter"),
                      "there is no device " + *circuit.meter + " with role: meter under devices");
        }
    }
}

void check_battery_rules(const Draft& draft, std::size_t index, const BatteryRules& rules, Role role) {
    if (role != Role::battery) {
        draft.add(item_key("devices", index, "battery"), "is for devices with role: battery only");
    } else if (rules.target_soc_pct && *rules.target_soc_pct < rules.min_soc_pct) {
        draft.add(item_key("devices", index, "battery") + ".target_soc_pct",
                  "lies below min_soc_pct " + plain(rules.min_soc_pct) + "; the target is the higher one");
    }
}

void check_devices(const Draft& draft) {
    for (std::size_t i = 0; i < draft.site.devices.size(); ++i) {
        const Device& device = draft.site.devices[i];
        const bool fits = device.profile == "sunspec-inverter" ? device.role == Role::pv
                          : device.profile == "varta"          ? device.role == Role::battery
                                                               : device.role != Role::battery;
        if (!fits) {
            draft.add(item_key("devices", i, "role"),
                      "the profile " + device.profile + " can't be role " +
                          std::string(topics::to_word(device.role)) + "; it can be " +
                          (device.profile == "sunspec-inverter" ? "pv"
                           : device.profile == "varta"          ? "battery"
                                                                : "grid, pv or meter"));
        }
        if (device.battery) {
            check_battery_rules(draft, i, *device.battery, device.role);
        }
    }
}

void check_grid_source(const Draft& draft) {
    if (!draft.right({"grid", "devices", "evses"})) {
        return;
    }
    std::vector<std::string> sources;
    for (std::size_t i = 0; i < draft.site.evses.size(); ++i) {
        if (draft.site.evses[i].master) {
            sources.push_back(item_key("evses", i, "master"));
        }
    }
    for (std::size_t i = 0; i < draft.site.devices.size(); ++i) {
        if (draft.site.devices[i].role == Role::grid) {
            sources.push_back(item_key("devices", i, "role"));
        }
    }
    if (sources.empty()) {
        draft.add("grid",
                  "nothing measures the grid connection; write `master: true` at the EVSE that carries the "
                  "Load Guard, "
                  "or add a device with `role: grid`");
    }
    for (std::size_t i = 1; i < sources.size(); ++i) {
        draft.add(sources[i], "a second source of the grid reading beside " + sources.front() + " in line " +
                                  std::to_string(line_of(draft.root, sources.front())) +
                                  "; keep the one at the main fuse (a device may become `role: meter`)");
    }
}

void check_fallbacks(const Draft& draft) {
    if (!draft.right({"grid", "circuits", "evses"})) {
        return;
    }
    for (const auto& load : fallback_loads(draft.site)) {
        if (!load.overloaded()) {
            continue;
        }
        const auto worst = std::max_element(load.current_a.begin(), load.current_a.end());
        const auto index =
            static_cast<std::size_t>(load.circuit == nullptr ? 0 : load.circuit - draft.site.circuits.data());
        draft.add(
            load.circuit == nullptr ? "grid.main_fuse_a" : item_key("circuits", index, "fuse_a"),
            "fallback would overload this fuse: with their fallback_current_a the EVSEs behind it may take " +
                plain(*worst) + " A on L" + std::to_string(worst - load.current_a.begin() + 1) + " of " +
                plain(load.fuse_a) + " A; lower fallback_current_a of some (0 lets them pause)");
    }
}

std::uint32_t ipv4_number(std::string_view text) {
    std::uint32_t number = 0;
    for (int part = 0; part < 4; ++part) {
        std::uint32_t value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        number = number * 256 + value;
        text.remove_prefix(std::min(static_cast<std::size_t>(parsed.ptr - text.data()) + 1, text.size()));
    }
    return number;
}

void check_discovery(const Draft& draft) {
    if (!draft.site.discovery) {
        return;
    }
    const Discovery& range = *draft.site.discovery;
    const std::uint32_t first = ipv4_number(range.first_host);
    const std::uint32_t last = ipv4_number(range.last_host);
    if (last < first) {
        draft.add("discovery.last_host", "lies before first_host " + range.first_host);
    } else if (last - first >= kMostAddresses) {
        draft.add("discovery.last_host", "the range has " + std::to_string(last - first + 1ULL) +
                                             " addresses; at most " + std::to_string(kMostAddresses) +
                                             " are tried");
    }
    if (draft.right({"circuits"})) {
        check_circuit_exists(draft, "discovery.circuit", range.circuit);
    }
}

void check_evse_circuits(const Draft& draft) {
    for (std::size_t i = 0; draft.right({"circuits"}) && i < draft.site.evses.size(); ++i) {
        check_circuit_exists(draft, item_key("evses", i, "circuit"), draft.site.evses[i].circuit);
    }
}

}  // namespace

bool Draft::right(std::initializer_list<std::string_view> sections) const {
    return std::none_of(sections.begin(), sections.end(),
                        [&](std::string_view section) { return wrong_sections.contains(section); });
}

void Draft::add(const std::string& key, std::string text) const {
    problems.add(line_of(root, key), key, std::move(text));
}

std::string item_key(std::string_view list, std::size_t index, std::string_view key) {
    return std::string(list) + "[" + std::to_string(index) + "]." + std::string(key);
}

void check_whole(const Site& site, const Value& root, Problems& problems) {
    Draft draft{site, root, problems, {}};
    for (const std::string_view section :
         {"site", "grid", "circuits", "devices", "evses", "discovery", "tariff", "http"}) {
        if (problems.touch(section)) {
            draft.wrong_sections.insert(section);
        }
    }
    check_time_zone(draft);
    check_ids(draft);
    check_circuits(draft);
    check_devices(draft);
    check_evses(draft);
    check_evse_circuits(draft);
    check_grid_source(draft);
    check_fallbacks(draft);
    check_discovery(draft);
    check_market_and_http(draft);
}

}  // namespace sunherd::site
