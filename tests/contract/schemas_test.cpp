#include "contract_files.hpp"
#include "topics/enums.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <set>

using namespace sunherd;
using namespace sunherd::testing;
using nlohmann::json;

namespace {

/// Visits a schema and every schema in it: what it is called, and itself.
void visit(const std::string& name, const json& schema,
           const std::function<void(const std::string&, const json&)>& visitor) {
    visitor(name, schema);
    for (const auto* group : {"properties", "definitions"}) {
        if (schema.contains(group)) {
            for (const auto& [member, part] : schema[group].items()) {
                visit(member, part, visitor);
            }
        }
    }
    for (const auto* part : {"items", "additionalProperties"}) {
        if (schema.contains(part) && schema[part].is_object()) {
            visit(name + " element", schema[part], visitor);
        }
    }
}

void visit_all(const std::function<void(const std::string&, const json&)>& visitor) {
    for (const auto& [name, schema] : schemas()) {
        INFO(name);
        visit(name, schema, visitor);
    }
}

template <class E>
std::vector<std::string> words_of() {
    std::vector<std::string> words;
    for (const auto& [value, word] : topics::enum_words(E{})) {
        words.emplace_back(word);
    }
    return words;
}

}  // namespace

TEST_CASE("every field says what it means, every object is closed") {
    visit_all([](const std::string& name, const json& schema) {
        INFO(name);
        if (schema.contains("$ref")) {
            return;
        }
        CHECK(schema.value("description", "").size() > 5);
        if (schema.value("type", json()) == "object") {
            CHECK(schema.contains("additionalProperties"));
            CHECK(schema["additionalProperties"] != true);
        }
    });
}

TEST_CASE("every number says its unit, and says the same as its name") {
    const std::map<std::string, std::string> units_of_suffixes{{"_w", "W"},
                                                               {"_a", "A"},
                                                               {"_v", "V"},
                                                               {"_hz", "Hz"},
                                                               {"_wh", "Wh"},
                                                               {"_pct", "%"},
                                                               {"_ms", "ms"},
                                                               {"_s", "s"},
                                                               {"_g", "g"},
                                                               {"_c", "°C"},
                                                               {"_km", "km"},
                                                               {"_kwh", "currency/kWh"},
                                                               {"_g_per_kwh", "g/kWh"}};
    std::set<std::string> units_seen;
    visit_all([&](const std::string& name, const json& schema) {
        const auto type = schema.value("type", json());
        if (type != "number" && type != "integer") {
            return;
        }
        INFO(name);
        REQUIRE(schema.contains("unit"));
        const auto suffix = units_of_suffixes.find(name.ends_with("_g_per_kwh")
                                                       ? "_g_per_kwh"
                                                       : name.substr(std::min(name.rfind('_'), name.size())));
        if (suffix != units_of_suffixes.end()) {
            CHECK(schema["unit"] == suffix->second);
            units_seen.insert(suffix->second);
        } else {
            CHECK((schema["unit"] == "1" || schema["unit"] == "currency" ||
                   schema["unit"] == "as the fault says"));
        }
    });
    CHECK(units_seen.size() == units_of_suffixes.size());
}

TEST_CASE("a choice has the words of its C++ enumeration") {
    const auto all = schemas();
    const auto words = [&all](const std::string& schema, const std::string& place) {
        return all.at(schema).at(json::json_pointer(place)).at("enum").get<std::vector<std::string>>();
    };
    using namespace topics;
    CHECK(words("evse-state", "/properties/state") == words_of<Iec61851>());
    CHECK(words("pv", "/properties/state") == words_of<InverterState>());
    CHECK(words("battery", "/properties/state") == words_of<BatteryState>());
    CHECK(words("evse-info", "/properties/ports") == words_of<PortLayout>());
    CHECK(words("evse-applied", "/properties/result") == words_of<ApplyResult>());
    CHECK(words("control-site", "/properties/ems_state") == words_of<EmsState>());
    CHECK(words("control-evse", "/properties/mode") == words_of<ChargeMode>());
    CHECK(words("session", "/properties/mode") == words_of<ChargeMode>());
    CHECK(words("service-status", "/properties/status") == words_of<Presence>());
    CHECK(words("service-status", "/definitions/device_health/properties/health") == words_of<Health>());
    CHECK(words("event", "/properties/severity") == words_of<Severity>());
    CHECK(words("action-request", "/properties/action") == words_of<Action>());
    CHECK(words("action-applied", "/properties/action") == words_of<Action>());
}
