#include "devices/varta.hpp"

#include <chrono>

namespace sunherd::simulator {
namespace {

constexpr int kMaxDischarge = 1074;
constexpr std::chrono::seconds kLimitHolds{120};
constexpr int kRun = 1;
constexpr int kCharge = 2;
constexpr int kDischarge = 3;
/// Below this it only keeps itself awake.
constexpr double kActiveW = 30;

}  // namespace

Varta::Varta(std::string id, house::House& house, std::size_t battery)
    : SimulatedDevice(std::move(id)), house_(house), battery_(battery) {}

void Varta::tick(Moment now) {
    if (limit_written_ && now - *limit_written_ > kLimitHolds) {
        limit_written_.reset();
        auto& battery = house_.battery(battery_);
        battery.limit_discharge(battery.model().max_discharge_w);
    }
}

int Varta::state() const {
    const double power_w = house_.battery(battery_).power_w();
    if (power_w < -kActiveW) {
        return kCharge;
    }
    return power_w > kActiveW ? kDischarge : kRun;
}

Answer Varta::read(Port /*port*/, const Request& request, const Distortion& distortion) {
    if (request.function != kReadHolding) {
        return tl::unexpected(kIllegalFunction);
    }
    const auto& battery = house_.battery(battery_);
    Registers registers(distortion);
    registers.block(1000, 52);
    registers.block(1054, 19);
    registers.block(kMaxDischarge, 1);
    registers.block(1078, 1);
    registers.block(1102, 1);
    registers.text_wide(1000, 17, "F21000700");
    registers.text_wide(1017, 17, "E21000100");
    registers.text_wide(1034, 17, "I21000100");
    registers.word(1051, 12);
    registers.text_wide(1054, 10, "SIM" + std::to_string(1000 + battery_));
    registers.word(1064, 2);
    registers.word(1065, state());
    registers.i16(1066, -battery.power_w());
    registers.i16(1067, -battery.power_w());
    registers.u16(1068, battery.soc_pct());
    registers.u32_low_word_first(1069, static_cast<std::uint32_t>(battery.charged_wh()));
    registers.word(1071, static_cast<int>(battery.model().capacity_wh / 10));
    registers.word(1072, 0);
    registers.i16(kMaxDischarge, -battery.discharge_limit_w());
    registers.i16(1078, -house::sum(house_.flows().grid_w));
    registers.u16(1102, house::sum(house_.flows().pv_w));
    return registers.read(request.address, request.count);
}

Answer Varta::write(Port /*port*/, const Request& request, Moment now) {
    if (request.function != kWriteSingle) {
        return tl::unexpected(kIllegalFunction);
    }
    if (request.address != kMaxDischarge) {
        return tl::unexpected(kIllegalAddress);
    }
    const auto limit_w = static_cast<std::int16_t>(request.values.at(0));
    if (limit_w > 0) {
        return tl::unexpected(kIllegalValue);
    }
    limit_written_ = now;
    if (!faults().has(Fault::ignore_setpoint)) {
        house_.battery(battery_).limit_discharge(-static_cast<double>(limit_w));
    }
    return Words{};
}

}  // namespace sunherd::simulator
