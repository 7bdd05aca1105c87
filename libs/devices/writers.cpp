#include "devices/writer.hpp"
#include "modbus/registers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace sunherd::devices {

namespace {

modbus::Error not_written(const modbus::WriteConnection& connection, std::string_view why) {
    const auto& endpoint = connection.endpoint();
    return {modbus::ErrorKind::garbage, 0,
            endpoint.host + ":" + std::to_string(endpoint.port) + ": not written: " + std::string(why)};
}

// Etrel INCH, holding registers, function 16 only, also for a single one. The connection leads to whichever
// of its two sockets takes writes: 502 at port layout `charger-cluster`, 503 at `read-write`. Source: as
// profiles/etrel_inch.cpp.
//
// 0 A pauses, as two integrations do it in the field. Left out: 2 pause (its end isn't documented), 11 power
// setpoint (newer firmware only).
class EtrelWriter : public EvseWriter {
  public:
    EtrelWriter(modbus::WriteConnection& connection, int connector)
        : connection_(connection), base_(connector == 2 ? 100 : 0) {}

    modbus::Result<void> write_current(double current_a) override {
        if (!(current_a >= 0 && current_a <= kHighestCurrentA)) {
            return tl::unexpected(not_written(connection_, "a current must be 0 A to 80 A"));
        }
        auto written =
            connection_.write(static_cast<std::uint16_t>(base_ + kSetpoint),
                              modbus::encode(modbus::Type::f32, modbus::WordOrder::high_first, current_a));
        if (!written && written.error().exception == kCurrentTooHigh) {
            written.error().text += " (current too high)";
        }
        return written;
    }

    modbus::Result<void> restart() override { return connection_.write(kRestart, kTrigger); }
    modbus::Result<void> stop() override {
        return connection_.write(static_cast<std::uint16_t>(base_ + kStop), kTrigger);
    }

  private:
    static constexpr double kHighestCurrentA = 80;  ///< the highest of IEC 61851
    static constexpr int kCurrentTooHigh = 12;
    static constexpr std::uint16_t kStop = 1;
    static constexpr std::uint16_t kSetpoint = 8;
    static constexpr std::uint16_t kRestart = 1004;
    static constexpr std::array<std::uint16_t, 1> kTrigger{1};

    modbus::WriteConnection& connection_;
    std::uint16_t base_;
};

// VARTA, function 6 only. The device forgets the limit after about 120 s. Source: as profiles/varta.cpp.
class VartaWriter : public BatteryWriter {
  public:
    explicit VartaWriter(modbus::WriteConnection& connection) : connection_(connection) {}

    modbus::Result<void> write_max_discharge(double power_w) override {
        if (!(power_w >= 0)) {
            return tl::unexpected(not_written(connection_, "a limit must be 0 W or more"));
        }
        const auto negative =
            modbus::encode(modbus::Type::i16, modbus::WordOrder::high_first, -std::min(power_w, kMostW));
        return connection_.write_single(kMaxDischarge, negative.front());
    }

  private:
    static constexpr std::uint16_t kMaxDischarge = 1074;
    static constexpr double kMostW = 32767;

    modbus::WriteConnection& connection_;
};

}  // namespace

bool writes_evse(std::string_view profile) {
    return profile == "etrel-inch";
}

std::unique_ptr<EvseWriter> make_evse_writer(std::string_view profile, modbus::WriteConnection& connection,
                                             int connector) {
    return writes_evse(profile) ? std::make_unique<EtrelWriter>(connection, connector) : nullptr;
}

std::unique_ptr<BatteryWriter> make_battery_writer(std::string_view profile,
                                                   modbus::WriteConnection& connection) {
    return profile == "varta" ? std::make_unique<VartaWriter>(connection) : nullptr;
}

}  // namespace sunherd::devices
