#include "topics/names.hpp"

#include "topics/text.hpp"

#include <algorithm>
#include <array>

namespace sunherd::topics {
namespace {

struct Row {
    Kind kind;
    std::string_view pattern;  // `{id}` and `{name}` stand for one level each
    std::string_view schema;
    bool retained;
};

constexpr std::array kRows{
    Row{Kind::grid, "building/grid", "grid", true},
    Row{Kind::pv, "building/pv/{id}", "pv", true},
    Row{Kind::battery, "building/battery/{id}", "battery", true},
    Row{Kind::meter, "building/meter/{id}", "meter", true},
    Row{Kind::evse_info, "evse/{id}/info", "evse-info", true},
    Row{Kind::evse_state, "evse/{id}/state", "evse-state", true},
    Row{Kind::evse_setpoint, "evse/{id}/setpoint", "evse-setpoint", false},
    Row{Kind::evse_applied, "evse/{id}/applied", "evse-applied", true},
    Row{Kind::control_site, "control/site", "control-site", true},
    Row{Kind::control_evse, "control/evse/{id}", "control-evse", true},
    Row{Kind::control_overrides, "control/overrides", "control-overrides", true},
    Row{Kind::energy, "energy/{id}", "energy", true},
    Row{Kind::service_status, "service/{id}/status", "service-status", true},
    Row{Kind::session_current, "session/{id}/current", "session", true},
    Row{Kind::session_last, "session/{id}/last", "session", true},
    Row{Kind::tariff_now, "tariff/{id}/now", "tariff-now", true},
    Row{Kind::tariff_forecast, "tariff/{id}/forecast", "tariff-forecast", true},
    Row{Kind::vehicle_state, "vehicle/{id}/state", "vehicle-state", true},
    Row{Kind::event, "event", "event", false},
    Row{Kind::site_command, "set/{name}", "command", false},
    Row{Kind::evse_command, "evse/{id}/set/{name}", "command", false},
    Row{Kind::command_result, "command/result", "command-result", false},
    Row{Kind::action_request, "device/{id}/action", "action-request", false},
    Row{Kind::action_applied, "device/{id}/action/applied", "action-applied", false},
    Row{Kind::simulator_fault, "simulator/fault", "simulator-fault", false},
    Row{Kind::simulator_state, "simulator/state", "simulator-state", true},
};

constexpr bool rows_follow_the_enumeration() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].kind != static_cast<Kind>(i)) {
            return false;
        }
    }
    return kRows.back().kind == Kind::simulator_state;
}
static_assert(rows_follow_the_enumeration());

constexpr const Row& row(Kind kind) {
    return kRows.at(static_cast<std::size_t>(kind));
}

constexpr std::string_view kId = "{id}";
constexpr std::string_view kName = "{name}";

std::optional<Parsed> match(const Row& candidate, std::string_view topic) {
    if (std::ranges::count(candidate.pattern, '/') != std::ranges::count(topic, '/')) {
        return std::nullopt;
    }
    Parsed parsed{.kind = candidate.kind, .id = {}, .name = {}};
    for (std::string_view wanted = candidate.pattern; !wanted.empty();) {
        const auto pattern_level = next_level(wanted);
        const auto level = next_level(topic);
        if (pattern_level == kId && is_id(level)) {
            parsed.id = level;
        } else if (pattern_level == kName && is_id(level)) {
            parsed.name = level;
        } else if (pattern_level != level) {
            return std::nullopt;
        }
    }
    return parsed;
}

std::string filled(Kind kind, std::string_view id, std::string_view name) {
    std::string text(row(kind).pattern);
    for (const auto& [variable, value] : {std::pair{kId, id}, std::pair{kName, name}}) {
        if (const auto at = text.find(variable); at != std::string::npos) {
            text.replace(at, variable.size(), value);
        }
    }
    return text;
}

template <class M>
Topic<M> topic(const std::string& root, Kind kind, std::string_view id = {}, std::string_view name = {}) {
    return {.name = root + filled(kind, id, name), .retained = row(kind).retained};
}

}  // namespace

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

Names::Names(std::string prefix, std::string site) : root_(std::move(prefix) + '/' + std::move(site) + '/') {}

Topic<GridReading> Names::grid() const {
    return topic<GridReading>(root_, Kind::grid);
}
Topic<PvReading> Names::pv(std::string_view id) const {
    return topic<PvReading>(root_, Kind::pv, id);
}
Topic<BatteryReading> Names::battery(std::string_view id) const {
    return topic<BatteryReading>(root_, Kind::battery, id);
}
Topic<MeterReading> Names::meter(std::string_view id) const {
    return topic<MeterReading>(root_, Kind::meter, id);
}
Topic<EvseInfo> Names::evse_info(std::string_view id) const {
    return topic<EvseInfo>(root_, Kind::evse_info, id);
}
Topic<EvseState> Names::evse_state(std::string_view id) const {
    return topic<EvseState>(root_, Kind::evse_state, id);
}
Topic<EvseSetpoint> Names::evse_setpoint(std::string_view id) const {
    return topic<EvseSetpoint>(root_, Kind::evse_setpoint, id);
}
Topic<EvseApplied> Names::evse_applied(std::string_view id) const {
    return topic<EvseApplied>(root_, Kind::evse_applied, id);
}
Topic<ControlSite> Names::control_site() const {
    return topic<ControlSite>(root_, Kind::control_site);
}
Topic<ControlEvse> Names::control_evse(std::string_view id) const {
    return topic<ControlEvse>(root_, Kind::control_evse, id);
}
Topic<ControlOverrides> Names::control_overrides() const {
    return topic<ControlOverrides>(root_, Kind::control_overrides);
}
Topic<EnergyTotals> Names::energy(std::string_view id) const {
    return topic<EnergyTotals>(root_, Kind::energy, id);
}
Topic<ServiceStatus> Names::service_status(std::string_view service) const {
    return topic<ServiceStatus>(root_, Kind::service_status, service);
}
Topic<Session> Names::session_current(std::string_view evse) const {
    return topic<Session>(root_, Kind::session_current, evse);
}
Topic<Session> Names::session_last(std::string_view evse) const {
    return topic<Session>(root_, Kind::session_last, evse);
}
Topic<TariffNow> Names::tariff_now(std::string_view tariff) const {
    return topic<TariffNow>(root_, Kind::tariff_now, tariff);
}
Topic<TariffForecast> Names::tariff_forecast(std::string_view tariff) const {
    return topic<TariffForecast>(root_, Kind::tariff_forecast, tariff);
}
Topic<VehicleState> Names::vehicle_state(std::string_view vehicle) const {
    return topic<VehicleState>(root_, Kind::vehicle_state, vehicle);
}
Topic<Event> Names::event() const {
    return topic<Event>(root_, Kind::event);
}
Topic<Command> Names::site_command(std::string_view name) const {
    return topic<Command>(root_, Kind::site_command, {}, name);
}
Topic<Command> Names::evse_command(std::string_view id, std::string_view name) const {
    return topic<Command>(root_, Kind::evse_command, id, name);
}
Topic<CommandResult> Names::command_result() const {
    return topic<CommandResult>(root_, Kind::command_result);
}
Topic<ActionRequest> Names::action_request(std::string_view device) const {
    return topic<ActionRequest>(root_, Kind::action_request, device);
}
Topic<ActionApplied> Names::action_applied(std::string_view device) const {
    return topic<ActionApplied>(root_, Kind::action_applied, device);
}
Topic<SimulatorFault> Names::simulator_fault() const {
    return topic<SimulatorFault>(root_, Kind::simulator_fault);
}
Topic<SimulatorState> Names::simulator_state() const {
    return topic<SimulatorState>(root_, Kind::simulator_state);
}

std::string Names::filter(Kind kind) const {
    return root_ + filled(kind, "+", "+");
}

std::string Names::all() const {
    return root_ + '#';
}

std::optional<Parsed> Names::parse(std::string_view topic) const {
    if (!topic.starts_with(root_)) {
        return std::nullopt;
    }
    for (const Row& candidate : kRows) {
        if (auto parsed = match(candidate, relative(topic))) {
            return parsed;
        }
    }
    return std::nullopt;
}

std::string_view Names::relative(std::string_view topic) const {
    return topic.starts_with(root_) ? topic.substr(root_.size()) : topic;
}

bool is_retained(Kind kind) {
    return row(kind).retained;
}

std::span<const Kind> all_kinds() {
    static constexpr auto kKinds = [] {
        std::array<Kind, kRows.size()> kinds{};
        std::ranges::transform(kRows, kinds.begin(), &Row::kind);
        return kinds;
    }();
    return kKinds;
}

std::string_view pattern(Kind kind) {
    return row(kind).pattern;
}

std::string_view schema_name(Kind kind) {
    return row(kind).schema;
}

}  // namespace sunherd::topics
