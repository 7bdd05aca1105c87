#include "http/finish.hpp"
#include "openapi_text.hpp"
#include "parts.hpp"
#include "routes/answers.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using web::Request;
using web::Response;
using web::Role;

std::map<std::string, Json> statuses(const Parts& parts) {
    std::map<std::string, Json> all;
    for (const auto& message : parts.live.of(topics::Kind::service_status)) {
        all.emplace(message->id, Json::parse(message->payload, nullptr, false));
    }
    return all;
}

net::awaitable<Response> health(Parts& parts) {
    auto generation_asked = parts.desk.ask([](history::Reader& reader) { return reader.generation(); });
    const auto generation = co_await std::move(generation_asked);
    bool well = generation.has_value();
    Json services = Json::object();
    for (auto& [name, status] : statuses(parts)) {
        const bool online = status.value("status", "") == "online";
        well = well && online;
        Json one{{"status", status.value("status", "offline")}, {"version", status.value("version", "")}};
        if (status.contains("uptime_s")) {
            one["uptime_s"] = status["uptime_s"];
        }
        const auto devices = status.value("devices", Json::object());
        for (const auto& [id, device] : devices.items()) {
            const auto state = device.value("health", "waiting");
            well = well && (state == "ok" || state == "waiting");
        }
        if (!devices.empty()) {
            one["devices"] = devices;
        }
        services[name] = std::move(one);
    }
    Json json{{"status", well ? "ok" : "degraded"}, {"services", std::move(services)}};
    json["history"] = generation ? "ok" : generation.error().text;
    co_return json_response(json);
}

/// Names and values of labels and metrics, as Prometheus reads them.
class Metrics {
  public:
    void add(const std::string& name, const char* type, const char* help) {
        text_ += "# HELP " + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
    }
    void value(const std::string& name, const std::string& labels, double value) {
        text_ +=
            name + (labels.empty() ? "" : '{' + labels + '}') + ' ' + nlohmann::json(value).dump() + '\n';
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string label(const char* name, const std::string& value) {
    return std::string(name) + '=' + web::json_text(value);
}

using Gauges = std::map<std::string, std::vector<std::pair<std::string, double>>>;

/// The numbers of a message, those by phase with a label of their own.
void add_numbers(Gauges& gauges, const std::string& prefix, const std::string& labels, const Json& message) {
    for (const auto& [name, value] : message.items()) {
        if (value.is_number() && name != "seq") {
            gauges[prefix + name].emplace_back(labels, value.get<double>());
        }
        for (const auto& part : value.items()) {
            if (value.is_object() && part.value().is_number()) {
                gauges[prefix + name].emplace_back(
                    labels + (labels.empty() ? "" : ",") + label("phase", part.key()),
                    part.value().get<double>());
            }
        }
    }
}

/// `sunherd_evse_power_w{evse="garage"}`
void add_readings(Metrics& metrics, const Parts& parts) {
    using enum topics::Kind;
    struct Reading {
        topics::Kind kind;
        const char* label;
        const char* prefix;
    };
    static constexpr std::array kReadings{Reading{grid, nullptr, "sunherd_grid_"},
                                          Reading{pv, "device", "sunherd_pv_"},
                                          Reading{battery, "device", "sunherd_battery_"},
                                          Reading{meter, "device", "sunherd_meter_"},
                                          Reading{evse_state, "evse", "sunherd_evse_"},
                                          Reading{control_site, nullptr, "sunherd_control_"},
                                          Reading{control_evse, "evse", "sunherd_control_evse_"},
                                          Reading{tariff_now, "tariff", "sunherd_tariff_"}};
    Gauges gauges;
    for (const auto& reading : kReadings) {
        for (const auto& message : parts.live.of(reading.kind)) {
            const auto labels = reading.label == nullptr ? std::string() : label(reading.label, message->id);
            add_numbers(gauges, reading.prefix, labels, Json::parse(message->payload, nullptr, false));
        }
    }
    for (const auto& [name, values] : gauges) {
        metrics.add(name, "gauge", "as in the contract of topics");
        for (const auto& [labels, value] : values) {
            metrics.value(name, labels, value);
        }
    }
}

Response metrics(const Parts& parts) {
    Metrics all;
    all.add("sunherd_service_up", "gauge", "1 while the service is online");
    const auto services = statuses(parts);
    for (const auto& [name, status] : services) {
        all.value("sunherd_service_up", label("service", name),
                  status.value("status", "") == "online" ? 1 : 0);
    }
    all.add("sunherd_service_counter", "untyped", "counters of the service's status");
    for (const auto& [name, status] : services) {
        const auto counters = status.value("counters", Json::object());
        for (const auto& [counter, value] : counters.items()) {
            all.value("sunherd_service_counter", label("service", name) + ',' + label("counter", counter),
                      value.get<double>());
        }
    }
    all.add("sunherd_gateway_requests_total", "counter", "HTTP requests since the start");
    all.value("sunherd_gateway_requests_total", "", static_cast<double>(parts.server->requests()));
    all.add("sunherd_gateway_connections", "gauge", "open HTTP connections");
    all.value("sunherd_gateway_connections", "", static_cast<double>(parts.server->connections()));
    all.add("sunherd_gateway_websockets", "gauge", "WebSocket clients");
    all.value("sunherd_gateway_websockets", "", static_cast<double>(parts.sockets.clients()));
    all.add("sunherd_gateway_messages_total", "counter", "messages from the broker since the start");
    all.value("sunherd_gateway_messages_total", "", static_cast<double>(parts.live.messages()));
    add_readings(all, parts);
    return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = all.text()};
}

}  // namespace

void add_service_routes(web::Router& router, Parts& parts) {
    router.add("GET", "/api/v1/health", Role::view, [&parts](const Request&) { return health(parts); });
    router.add("GET", "/metrics", Role::view,
               [&parts](const Request&) -> net::awaitable<Response> { co_return metrics(parts); });
    const web::Ready document(openapi(parts.site.http.base_path));
    for (const auto* path : {"/openapi.json", "/api/v1/openapi.json"}) {
        router.add("GET", path, Role::none, [document](const Request& request) -> net::awaitable<Response> {
            Response response;
            document.give(request, response);
            co_return response;
        });
    }
}

}  // namespace sunherd::api
