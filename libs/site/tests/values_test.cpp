#include "schema_json.hpp"
#include "site_files.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::site;
using namespace sunherd::site::testing;
using namespace std::chrono_literals;

namespace {

/// Each kind of entry once, with nothing but what must stand.
nlohmann::json smallest() {
    return nlohmann::json::parse(R"({
        "site": {"id": "home"}, "grid": {"main_fuse_a": 25}, "broker": {}, "solar": {}, "home_assistant": {}, 
        "tariff": {"slots": "market", "times": [{"fees_per_kwh": 0.1}]}, "ledger": {}, "report": {},
        "http": {"anonymous": "view", "users": [{"name": "ann", "password_hash": "$y$x"}],
                 "jwt": {"algorithm": "HS256", "key": "0123456789abcdef0123456789abcdef", "audience": "a"}},
        "circuits": [{"id": "carport", "fuse_a": 20}],
        "devices": [{"id": "store", "profile": "varta", "role": "battery", "host": "h", "battery": {}}],
        "evses": [{"id": "garage", "profile": "etrel-inch", "host": "h", "master": true,
                   "night": [{"from": "22:00", "to": "06:00"}], "load_guard_restart": {"by": "modbus"}}],
        "discovery": {"first_host": "10.0.0.1", "last_host": "10.0.0.9"},
        "influx": {"url": "http://h", "org": "o", "bucket": "b", "token": "t"}})");
}

nlohmann::json::json_pointer pointer_to(std::string path) {
    for (std::size_t at = 0; (at = path.find("[]", at)) != std::string::npos;) {
        path.replace(at, 2, "/0");
    }
    std::replace(path.begin(), path.end(), '.', '/');
    return nlohmann::json::json_pointer("/" + path);
}

}  // namespace

TEST_CASE("the schema's defaults are those of the code") {
    const Site plain = site_of(smallest().dump());
    int defaults = 0;
    each_part(schema(), "", [&](const std::string& path, const nlohmann::json& part, bool) {
        const auto at = pointer_to(path);
        if (part.contains("default") && !smallest().contains(at)) {
            INFO(path);
            auto explicitly = smallest();
            explicitly[at] = part.at("default");
            CHECK(site_of(explicitly.dump()) == plain);
            ++defaults;
        }
    });
    CHECK(defaults > 40);
}

TEST_CASE("each key of the schema reaches the code") {
    const Site plain = site_of(smallest().dump());
    each_part(schema(), "", [&](const std::string& path, const nlohmann::json& part, bool) {
        if (!part.contains("default") || path == "evses[].master") {
            return;
        }
        auto other = smallest();
        auto& value = other[pointer_to(path)];
        const auto& normal = part.at("default");
        if (part.contains("enum")) {
            for (const auto& word : part.at("enum")) {
                value = word != normal ? word : value;
            }
        } else if (normal.is_number()) {
            value =
                normal == part.at("minimum") ? normal.get<double>() + 1 : part.at("minimum").get<double>();
        } else if (normal.is_boolean()) {
            value = !normal.get<bool>();
        } else {
            value = path == "site.time_zone" ? "Europe/Berlin" : "other";
        }
        INFO(path << " " << value);
        const CleanEnvironment clean;
        const auto site = parse(other.dump(), "site.yaml");
        // Where the other value doesn't fit to the rest, it is at least seen.
        CHECK((!site || *site != plain));
    });
}

TEST_CASE("every key has a meaning, and every text a greatest length or a choice of words") {
    each_part(schema(), "", [](const std::string& path, const nlohmann::json& part, bool) {
        INFO(path);
        CHECK(part.contains("description"));
        CHECK((part.at("type") != "string" || part.contains("enum") || part.contains("maxLength")));
        CHECK((!part.contains("pattern") || part.contains("patternErrorMessage")));
        CHECK((part.at("type") != "array" || part.contains("maxItems")));
        CHECK((part.at("type") != "object" || part.at("additionalProperties") == false));
    });
}

TEST_CASE("values arrive typed") {
    const Site site = site_of(R"(
site: { id: home, name: At home, time_zone: Europe/Berlin }
grid: { main_fuse_a: 35, stale_after_s: 2.5, nominal_voltage_v: 240 }
solar: { start_delay_s: 30 }
broker: { user: me, prefix: a/b }
circuits: [{ id: carport, fuse_a: 20, meter: sub }]
devices:
  - { id: sub, profile: eastron-sdm630, role: meter, host: h, unit: 2, poll_s: 0.25, timeout_s: 0.5, invert: true, single_client: true }
evses:
  - id: left
    profile: etrel-inch
    host: 10.0.0.1
    master: true
    ports: charger-cluster
    load_guard_poll_s: 0.1
    refresh_s: 7
    circuit: carport
    phase_rotation: L2L3L1
    fallback_current_a: 0
    mode: night
    night:
      - { days: [sun, mon, mon], from: "22:30", to: "06:05", max_current_a: 8.5 }
    load_guard_restart: { by: mqtt, topic: a/b, off: off, on: on, off_time_s: 5 }
discovery: { first_host: 10.0.0.2, last_host: 10.0.0.3, adopt: auto, every_s: 30, circuit: carport }
)");
    CHECK(site.name == "At home");
    CHECK(site.grid.stale_after == 2500ms);
    CHECK(site.solar.start_delay == 30s);
    CHECK(site.broker.user == "me");
    CHECK(site.circuits.at(0).meter == "sub");
    const Device& device = site.devices.at(0);
    CHECK(device.role == Role::meter);
    CHECK(device.endpoint == Endpoint{"h", 502, 2, 500, true});
    CHECK(device.poll == 250ms);
    CHECK(device.invert);
    const Evse& evse = site.evses.at(0);
    CHECK(evse.ports == PortLayout::charger_cluster);
    CHECK(evse.load_guard_poll == 100ms);
    CHECK(evse.refresh == 7s);
    CHECK(evse.phase_rotation == "L2L3L1");
    CHECK(evse.fallback_current_a == 0);
    CHECK(evse.mode == ChargeMode::night);
    CHECK(evse.night == std::vector{TimeWindow{{1, 7}, 22h + 30min, 6h + 5min, 8.5}});
    CHECK(evse.load_guard_restart.kind == LoadGuardRestart::Kind::mqtt);
    CHECK(evse.load_guard_restart.off_payload == "off");
    CHECK(evse.load_guard_restart.on_payload == "on");
    CHECK(evse.load_guard_restart.off_time == 5s);
    CHECK(site.discovery->adopt == Discovery::Adopt::automatic);
    CHECK(site.discovery->every == 30s);
    CHECK_FALSE(site.influx);
}

TEST_CASE("anchors save repetition") {
    const Site site =
        site_of(with("evses:\n  - { id: a, profile: etrel-inch, host: &h 10.0.0.1, master: true }\n"
                     "  - { id: b, profile: etrel-inch, host: *h, connector: 2 }\n"));
    CHECK(site.evses.at(1).host == "10.0.0.1");
}
