#include "mapping.hpp"

#include "topics/codec.hpp"

namespace sunherd::influx {
namespace {

using topics::Kind;

template <class M>
Mapping mapping(Kind kind, const char* measurement, const std::vector<std::string>& tags = {}) {
    return {.kind = kind,
            .measurement = measurement,
            .shape = Shaper::shape_of<M>(),
            .tags = tags,
            .normalize = [](std::string_view payload) -> tl::expected<std::string, std::string> {
                const auto message = topics::decode<M>(payload);
                if (!message) {
                    return tl::unexpected(message.error().text);
                }
                return topics::encode(*message);
            }};
}

}  // namespace

const std::vector<Mapping>& mappings() {
    static const std::vector<Mapping> all{
        mapping<topics::GridReading>(Kind::grid, "grid", {"source"}),
        mapping<topics::PvReading>(Kind::pv, "pv"),
        mapping<topics::BatteryReading>(Kind::battery, "battery"),
        mapping<topics::MeterReading>(Kind::meter, "meter"),
        mapping<topics::EvseInfo>(Kind::evse_info, "evse_info"),
        mapping<topics::EvseState>(Kind::evse_state, "evse"),
        mapping<topics::EvseApplied>(Kind::evse_applied, "evse_applied", {"result"}),
        mapping<topics::ControlSite>(Kind::control_site, "control_site"),
        mapping<topics::ControlEvse>(Kind::control_evse, "control_evse"),
        mapping<topics::ServiceStatus>(Kind::service_status, "service"),
        mapping<topics::Session>(Kind::session_current, "session_running"),
        mapping<topics::Session>(Kind::session_last, "session"),
        mapping<topics::TariffNow>(Kind::tariff_now, "tariff", {"currency"}),
        mapping<topics::VehicleState>(Kind::vehicle_state, "vehicle"),
        mapping<topics::Event>(Kind::event, "event", {"severity", "code", "service", "device"}),
        mapping<topics::CommandResult>(Kind::command_result, "command_result", {"command"}),
        mapping<topics::ActionApplied>(Kind::action_applied, "action", {"action"}),
        mapping<topics::SimulatorState>(Kind::simulator_state, "simulator"),
    };
    return all;
}

}  // namespace sunherd::influx
