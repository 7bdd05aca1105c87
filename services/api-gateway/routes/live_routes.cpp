#include "parts.hpp"
#include "routes/answers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using web::Request;
using web::Response;
using web::Role;

using topics::Kind;

/// A message of ours, which the codec has read before.
Json message(const Live& live, Kind kind, const std::string& id = {}) {
    const auto* payload = live.payload(kind, id);
    return payload == nullptr ? Json() : Json::parse(*payload, nullptr, false);
}

std::set<std::string> ids(const Live& live, Kind kind) {
    std::set<std::string> all;
    for (const auto& one : live.of(kind)) {
        all.insert(one->id);
    }
    return all;
}

std::set<std::string> charger_ids(const Parts& parts) {
    auto all = ids(parts.live, Kind::evse_info);
    all.merge(ids(parts.live, Kind::evse_state));
    for (const auto& evse : parts.site.evses) {
        all.insert(evse.id);
    }
    return all;
}

bool is_charger(const Parts& parts, const std::string& id) {
    return std::ranges::find(parts.site.evses, id, &site::Evse::id) != parts.site.evses.end() ||
           parts.live.payload(Kind::evse_info, id) != nullptr ||
           parts.live.payload(Kind::evse_state, id) != nullptr;
}

Json charger(const Parts& parts, const std::string& id) {
    Json json{{"id", id}};
    const auto info = message(parts.live, Kind::evse_info, id);
    for (const auto& evse : parts.site.evses) {
        if (evse.id == id) {
            json["name"] = evse.name.value_or(evse.id);
            json["profile"] = evse.profile;
            json["master"] = evse.master;
            json["phases"] = evse.phases;
            json["phase_rotation"] = evse.phase_rotation;
            json["min_current_a"] = evse.min_current_a;
            json["max_current_a"] = evse.max_current_a;
            json["priority"] = evse.priority;
            json["mode"] = topics::to_word(evse.mode);
            if (evse.circuit) {
                json["circuit"] = *evse.circuit;
            }
        }
    }
    json["configured"] = json.contains("profile");
    for (const auto* field : {"name", "profile", "phases", "min_current_a", "max_current_a"}) {
        if (!json.contains(field) && info.contains(field)) {
            json[field] = info[field];
        }
    }
    if (!info.is_null()) {
        json["info"] = info;
    }
    return json;
}

/// Messages about an EVSE, as they came: no need to read them again.
std::string status_text(const Parts& parts, const std::string& id) {
    std::string text = "{\"id\":\"" + id + '"';
    const auto add = [&](const char* name, Kind kind) {
        if (const auto* payload = parts.live.payload(kind, id)) {
            text.append(",\"").append(name).append("\":").append(*payload);
        }
    };
    add("state", Kind::evse_state);
    add("control", Kind::control_evse);
    add("applied", Kind::evse_applied);
    add("session", Kind::session_current);
    return text + '}';
}

Json site_json(const Parts& parts) {
    const auto& site = parts.site;
    Json json{{"id", site.id},
              {"name", site.name.value_or(site.id)},
              {"time_zone", site.time_zone},
              {"time", topics::to_rfc3339(parts.clock.utc())},
              {"version", SUNHERD_VERSION},
              {"grid",
               {{"phases", site.grid.phases},
                {"main_fuse_a", site.grid.main_fuse_a},
                {"nominal_voltage_v", site.grid.nominal_voltage_v}}}};
    json["circuits"] = Json::array();
    for (const auto& circuit : site.circuits) {
        Json one{{"id", circuit.id}, {"fuse_a", circuit.fuse_a}};
        if (circuit.parent) {
            one["parent"] = *circuit.parent;
        }
        json["circuits"].push_back(std::move(one));
    }
    for (const auto& [name, kind] : {std::pair{"control", Kind::control_site},
                                     {"grid_reading", Kind::grid},
                                     {"overrides", Kind::control_overrides}}) {
        if (auto found = message(parts.live, kind); !found.is_null()) {
            json[name] = std::move(found);
        }
    }
    return json;
}

Json devices_json(const Parts& parts) {
    Json devices = Json::array();
    const auto add = [&](const std::string& id, const std::optional<std::string>& name,
                         const std::string& profile, std::string_view role) {
        Json one{{"id", id}, {"name", name.value_or(id)}, {"profile", profile}, {"role", role}};
        for (const auto& service : ids(parts.live, Kind::service_status)) {
            const auto status = message(parts.live, Kind::service_status, service);
            if (status.contains("devices") && status["devices"].contains(id)) {
                one["services"][service] = status["devices"][id];
            }
        }
        devices.push_back(std::move(one));
    };
    for (const auto& device : parts.site.devices) {
        add(device.id, device.name, device.profile, topics::to_word(device.role));
    }
    for (const auto& evse : parts.site.evses) {
        add(evse.id, evse.name, evse.profile, "evse");
    }
    return Json{{"devices", std::move(devices)}};
}

/// What is to be charged by when, as commands have it, and the prices ahead.
Json plan_json(const Parts& parts) {
    Json plans = Json::array();
    for (const auto& id : charger_ids(parts)) {
        const auto control = message(parts.live, Kind::control_evse, id);
        Json plan{{"evse", id}};
        for (const auto* field : {"mode", "target_energy_wh", "target_soc_pct", "departure", "charge_from",
                                  "price_limit_per_kwh"}) {
            if (control.contains(field)) {
                plan[field] = control[field];
            }
        }
        plans.push_back(std::move(plan));
    }
    Json json{{"plans", std::move(plans)}};
    for (const auto& tariff : ids(parts.live, Kind::tariff_forecast)) {
        json["prices"][tariff] = message(parts.live, Kind::tariff_forecast, tariff);
    }
    return json;
}

}  // namespace

void add_live_routes(web::Router& router, Parts& parts) {
    router.add("GET", "/api/v1/chargers", Role::view, [&parts](const Request&) -> net::awaitable<Response> {
        Json chargers = Json::array();
        for (const auto& id : charger_ids(parts)) {
            chargers.push_back(charger(parts, id));
        }
        co_return json_response({{"chargers", std::move(chargers)}});
    });
    router.add("GET", "/api/v1/chargers/{}/status", Role::view,
               [&parts](const Request& request) -> net::awaitable<Response> {
                   const auto& id = request.captured.front();
                   if (!topics::is_id(id) || !is_charger(parts, id)) {
                       co_return web::problem(404, "there is no charger " + id.substr(0, 100));
                   }
                   co_return Response{.body = status_text(parts, id)};
               });
    router.add("GET", kLivePath, Role::view, [](const Request& request) -> net::awaitable<Response> {
        if (!request.header("upgrade").empty()) {  // else the socket would have it
            co_return web::problem(503, "too many pages are open; close some, or ask again later");
        }
        auto response = web::problem(426, "connect to this as a WebSocket");
        response.headers.emplace_back("Upgrade", "websocket");
        co_return response;
    });
    router.add("GET", "/api/v1/site", Role::view, [&parts](const Request&) -> net::awaitable<Response> {
        co_return json_response(site_json(parts));
    });
    router.add("GET", "/api/v1/devices", Role::view, [&parts](const Request&) -> net::awaitable<Response> {
        co_return json_response(devices_json(parts));
    });
    router.add("GET", "/api/v1/plan", Role::view, [&parts](const Request&) -> net::awaitable<Response> {
        co_return json_response(plan_json(parts));
    });
    router.add(
        "GET", "/api/v1/price/current", Role::view, [&parts](const Request&) -> net::awaitable<Response> {
            const auto known = ids(parts.live, Kind::tariff_now);
            const std::string site(topics::kSiteTariff);
            if (known.empty()) {
                co_return web::problem(404, "no price is known; describe your tariff in the site file");
            }
            const auto id = known.contains(site) ? site : *known.begin();
            auto now = message(parts.live, Kind::tariff_now, id);
            now["tariff"] = id;
            co_return json_response(now);
        });
}

}  // namespace sunherd::api
