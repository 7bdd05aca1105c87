#pragma once

#include "devices/device.hpp"
#include "modbus/connection.hpp"
#include "polling/schedule.hpp"
#include "service/service.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sunherd::polling {

/// What one poll gave, stamped in the thread that got the answer.
struct Polled {
    topics::Timestamp time{};  ///< when the answer arrived
    TimePoint at{};            ///< the same on the steady clock
    modbus::Result<devices::Reading> reading;
    std::optional<devices::Identity> identity;  ///< where the device was asked anew who it is
    /// Not a word: nobody listens, no answer in time, connection lost.
    bool unreachable() const {
        return !reading && reading.error().kind != modbus::ErrorKind::exception &&
               reading.error().kind != modbus::ErrorKind::garbage;
    }
    /// Waited for an answer in vain.
    bool silent() const { return !reading && reading.error().kind == modbus::ErrorKind::silent; }
    /// Whether the device itself spoke, if only to refuse.
    bool answered() const { return reading || reading.error().kind == modbus::ErrorKind::exception; }
};

/// Reads one device, and asks who it is and what it has: at first, after it was away (it may have been
/// exchanged, or refused points only because it was starting), and now and then. Belongs to its line's
/// thread.
class DevicePoll {
  public:
    DevicePoll(std::string profile, devices::ReaderOptions options, const service::Clock& clock)
        : profile_(std::move(profile)), options_(options), clock_(clock) {}

    Polled poll(modbus::ReadConnection& connection);

  private:
    std::string profile_;
    devices::ReaderOptions options_;
    const service::Clock& clock_;
    std::unique_ptr<devices::Reader> reader_;
    std::optional<TimePoint> identified_at_;
};

}  // namespace sunherd::polling
