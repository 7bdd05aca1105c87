#pragma once

#include "topics/messages.hpp"
#include "topics/names.hpp"

#include <type_traits>

namespace sunherd::testing {

/// Calls `f(std::type_identity<M>{})` with the message type of a kind.
template <class F>
auto with_message_type(topics::Kind kind, const F& f) {
    using namespace topics;
    using enum Kind;
    switch (kind) {
        case grid:
            return f(std::type_identity<GridReading>{});
        case pv:
            return f(std::type_identity<PvReading>{});
        case battery:
            return f(std::type_identity<BatteryReading>{});
        case meter:
            return f(std::type_identity<MeterReading>{});
        case evse_info:
            return f(std::type_identity<EvseInfo>{});
        case evse_state:
            return f(std::type_identity<EvseState>{});
        case evse_setpoint:
            return f(std::type_identity<EvseSetpoint>{});
        case evse_applied:
            return f(std::type_identity<EvseApplied>{});
        case control_site:
            return f(std::type_identity<ControlSite>{});
        case control_evse:
            return f(std::type_identity<ControlEvse>{});
        case control_overrides:
            return f(std::type_identity<ControlOverrides>{});
        case energy:
            return f(std::type_identity<EnergyTotals>{});
        case service_status:
            return f(std::type_identity<ServiceStatus>{});
        case session_current:
            return f(std::type_identity<Session>{});
        case session_last:
            return f(std::type_identity<Session>{});
        case tariff_now:
            return f(std::type_identity<TariffNow>{});
        case tariff_forecast:
            return f(std::type_identity<TariffForecast>{});
        case vehicle_state:
            return f(std::type_identity<VehicleState>{});
        case event:
            return f(std::type_identity<Event>{});
        case site_command:
        case evse_command:
            return f(std::type_identity<Command>{});
        case command_result:
            return f(std::type_identity<CommandResult>{});
        case action_request:
            return f(std::type_identity<ActionRequest>{});
        case action_applied:
            return f(std::type_identity<ActionApplied>{});
        case simulator_fault:
            return f(std::type_identity<SimulatorFault>{});
        case simulator_state:
            break;
    }
    return f(std::type_identity<SimulatorState>{});
}

}  // namespace sunherd::testing
