#pragma once

#include "modbus/write_connection.hpp"

#include <memory>
#include <string_view>

/// What can be written to devices. Linked by the actuator only (target sunherd_device_writers).
namespace sunherd::devices {

class EvseWriter {
  public:
    virtual ~EvseWriter() = default;
    /// Amperes per phase; 0 pauses. Rewriting the same value is harmless.
    virtual modbus::Result<void> write_current(double current_a) = 0;
    /// Restarts the whole EVSE: its way to bring a Load Guard back.
    virtual modbus::Result<void> restart() = 0;
    /// Ends the session; the car may have to be plugged in again.
    virtual modbus::Result<void> stop() = 0;
};

/// Whether there is a writer for this profile.
bool writes_evse(std::string_view profile);
/// nullptr for an unknown profile.
std::unique_ptr<EvseWriter> make_evse_writer(std::string_view profile, modbus::WriteConnection& connection,
                                             int connector);

class BatteryWriter {
  public:
    virtual ~BatteryWriter() = default;
    /// Most the battery may discharge; 0 holds it.
    virtual modbus::Result<void> write_max_discharge(double power_w) = 0;
};
std::unique_ptr<BatteryWriter> make_battery_writer(std::string_view profile,
                                                   modbus::WriteConnection& connection);

}  // namespace sunherd::devices
