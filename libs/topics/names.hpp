#pragma once

#include "topics/messages.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The only place where topic strings stand.
namespace sunherd::topics {

/// A topic bound to the message it carries, so that the wrong message on it doesn't compile.
template <class M>
struct Topic {
    std::string name;
    bool retained = false;
};

/// Why a received topic is ours: which message it carries and, where it names one, the device or service.
enum class Kind {
    grid,
    pv,
    battery,
    meter,
    evse_info,
    evse_state,
    evse_setpoint,
    evse_applied,
    control_site,
    control_evse,
    control_overrides,
    energy,
    service_status,
    session_current,
    session_last,
    tariff_now,
    tariff_forecast,
    vehicle_state,
    event,
    site_command,
    evse_command,
    command_result,
    action_request,
    action_applied,
    simulator_fault,
    simulator_state,
};

struct Parsed {
    Kind kind{};
    std::string id;    ///< device, EVSE or service; empty where there is none
    std::string name;  ///< of a command: `mode`, `max_current_a` …
};

/// What stands for a device, an EVSE, a service or a command in a topic: `[A-Za-z0-9_-]{1,64}`.
bool is_id(std::string_view text);

/// Topics of one site below `{prefix}/{site}/`. Ids and names are `[A-Za-z0-9_-]{1,64}`; the site file's
/// schema sees to that, `parse` knows no topic with others.
class Names {
  public:
    /// prefix: usually `sunherd`; both without `+ # /` at the ends (the site file's schema sees to that).
    Names(std::string prefix, std::string site);

    Topic<GridReading> grid() const;
    Topic<PvReading> pv(std::string_view id) const;
    Topic<BatteryReading> battery(std::string_view id) const;
    Topic<MeterReading> meter(std::string_view id) const;
    Topic<EvseInfo> evse_info(std::string_view id) const;
    Topic<EvseState> evse_state(std::string_view id) const;
    Topic<EvseSetpoint> evse_setpoint(std::string_view id) const;
    Topic<EvseApplied> evse_applied(std::string_view id) const;
    Topic<ControlSite> control_site() const;
    Topic<ControlEvse> control_evse(std::string_view id) const;
    Topic<ControlOverrides> control_overrides() const;
    Topic<EnergyTotals> energy(std::string_view id) const;
    Topic<ServiceStatus> service_status(std::string_view service) const;
    Topic<Session> session_current(std::string_view evse) const;
    Topic<Session> session_last(std::string_view evse) const;
    Topic<TariffNow> tariff_now(std::string_view tariff) const;
    Topic<TariffForecast> tariff_forecast(std::string_view tariff) const;
    Topic<VehicleState> vehicle_state(std::string_view vehicle) const;
    Topic<Event> event() const;
    Topic<Command> site_command(std::string_view name) const;
    Topic<Command> evse_command(std::string_view id, std::string_view name) const;
    Topic<CommandResult> command_result() const;
    Topic<ActionRequest> action_request(std::string_view device) const;
    Topic<ActionApplied> action_applied(std::string_view device) const;
    Topic<SimulatorFault> simulator_fault() const;
    Topic<SimulatorState> simulator_state() const;

    /// Subscription filter for every topic of a kind, e.g. `sunherd/home/evse/+/state`.
    std::string filter(Kind kind) const;
    /// Everything of the site: `sunherd/home/#`.
    std::string all() const;

    /// What a received topic is; nullopt if it is none of ours.
    std::optional<Parsed> parse(std::string_view topic) const;
    /// The topic without `{prefix}/{site}/`, for people and results; the topic itself if it is not below
    /// that.
    std::string_view relative(std::string_view topic) const;

  private:
    std::string root_;  // with the slash at the end
};

/// The tariff that the site file describes: what a kWh really costs here, whatever else is told of markets.
inline constexpr std::string_view kSiteTariff = "site";

/// Whether a kind's messages are retained by the broker.
bool is_retained(Kind kind);

/// Every kind, in the order of the enumeration.
std::span<const Kind> all_kinds();
/// The topic below the root with its variables in braces, as `asyncapi.yaml` has it: `evse/{id}/set/{name}`.
std::string_view pattern(Kind kind);
/// The message's name: `evse-state` for `proto-topics/schemas/evse-state.schema.json`.
std::string_view schema_name(Kind kind);

}  // namespace sunherd::topics
