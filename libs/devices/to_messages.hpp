#pragma once

#include "devices/reading.hpp"
#include "topics/messages.hpp"

#include <string>
#include <string_view>

/// What a device said → the message about it. Unknown stays absent; `time` and `seq` are the caller's.
namespace sunherd::devices {

/// `invert`: the meter is mounted the other way round, so that import and export change places.
topics::GridReading to_grid(const Reading& reading, std::string source, bool invert);
topics::MeterReading to_meter(const Reading& reading, bool invert);
/// Power is never negative: what an inverter consumes at night is 0. More than that isn't the sun's: absent.
topics::PvReading to_pv(const Reading& reading);
topics::BatteryReading to_battery(const Reading& reading);
/// `phase_rotation`: the site's phases of the device's own L1, L2, L3, as `L2L3L1`, or `L2` for an EVSE on
/// that phase alone. A device phase that it doesn't name is left out.
topics::EvseState to_evse_state(const Reading& reading, std::string_view phase_rotation);

}  // namespace sunherd::devices
