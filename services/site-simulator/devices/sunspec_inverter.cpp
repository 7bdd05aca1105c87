#include "devices/sunspec.hpp"

#include <array>
#include <cmath>

namespace sunherd::simulator {
namespace {

constexpr double kEfficiency = 0.97;  // DC → AC
constexpr double kStringVolts = 620;
constexpr std::array kStringShares{0.55, 0.45};
constexpr int kMpptLength = 8 + 20 * 2;
constexpr int kSleeping = 2;
constexpr int kMppt = 4;

int state(const InverterTruth& truth) {
    return truth.power_w > 1 ? kMppt : kSleeping;
}

void put_integers(Registers& registers, int at, const InverterTruth& truth) {
    for (int point = 2; point <= 51; ++point) {
        registers.word(at + point, 0x8000);
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int index = static_cast<int>(phase);
        const double volts = truth.voltage_v.at(phase);
        registers.u16(at + 3 + index, truth.power_w / 3 / volts * 100);
        registers.u16(at + 7 + index, volts * std::sqrt(3.0) * 10);
        registers.u16(at + 10 + index, volts * 10);
    }
    registers.u16(at + 2, truth.power_w / truth.voltage_v[0] * 100);
    registers.word(at + 6, -2);
    registers.word(at + 13, -1);
    // Tens of watts above what int16 holds: scale factors do change at run time.
    const bool large = truth.power_w > 32000;
    registers.i16(at + 14, large ? truth.power_w / 10 : truth.power_w);
    registers.word(at + 15, large ? 1 : 0);
    registers.u16(at + 16, truth.frequency_hz * 100);
    registers.word(at + 17, -2);
    registers.acc32(at + 24, truth.energy_wh);
    registers.word(at + 26, 0);
    registers.i16(at + 31, large ? truth.power_w / kEfficiency / 10 : truth.power_w / kEfficiency);
    registers.word(at + 32, large ? 1 : 0);
    registers.word(at + 38, state(truth));
    for (const int events : {40, 42, 44, 46, 48, 50}) {
        registers.word(at + events, 0);
        registers.word(at + events + 1, 0);
    }
}

void put_floats(Registers& registers, int at, const InverterTruth& truth) {
    for (int point = 2; point < 48; point += 2) {
        registers.word(at + point, 0x7FC0);  // NaN: not implemented
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int offset = 2 * static_cast<int>(phase);
        registers.f32(at + 4 + offset, truth.power_w / 3 / truth.voltage_v.at(phase));
        registers.f32(at + 16 + offset, truth.voltage_v.at(phase));
    }
    registers.f32(at + 2, truth.power_w / truth.voltage_v[0]);
    registers.f32(at + 22, truth.power_w);
    registers.f32(at + 24, truth.frequency_hz);
    registers.f32(at + 32, truth.energy_wh);
    registers.f32(at + 38, truth.power_w / kEfficiency);
    registers.word(at + 48, state(truth));
}

void put_strings(Registers& registers, int at, const InverterTruth& truth) {
    put_model(registers, at, 160, kMpptLength);
    registers.word(at + 2, -2);
    registers.word(at + 3, -1);
    registers.word(at + 4, 0);
    registers.word(at + 5, 0);
    registers.word(at + 8, static_cast<int>(kStringShares.size()));
    for (std::size_t i = 0; i < kStringShares.size(); ++i) {
        const int module = at + 10 + 20 * static_cast<int>(i);
        const double dc_w = truth.power_w / kEfficiency * kStringShares.at(i);
        registers.word(module, static_cast<int>(i) + 1);
        registers.text(module + 1, 8, i == 0 ? "South" : "West");
        registers.u16(module + 9, dc_w / kStringVolts * 100);
        registers.u16(module + 10, truth.power_w > 1 ? kStringVolts * 10 : 0);
        registers.u16(module + 11, dc_w);
        registers.acc32(module + 12, truth.energy_wh * kStringShares.at(i));
        registers.word(module + 16, 0x8000);
        registers.word(module + 17, state(truth));
    }
}

class Inverter : public SimulatedDevice {
  public:
    Inverter(std::string id, SunSpecNumbers numbers, InverterSource source)
        : SimulatedDevice(std::move(id)), numbers_(numbers), source_(std::move(source)) {}

  protected:
    Answer read(Port /*port*/, const Request& request, const Distortion& distortion) override {
        if (request.function != kReadHolding) {
            return tl::unexpected(kIllegalFunction);
        }
        const bool integers = numbers_ == SunSpecNumbers::integers;
        const int length = integers ? 50 : 60;
        Registers registers(distortion);
        registers.block(kSunSpecBase, static_cast<std::uint16_t>(2 + 67 + 2 + length + 2 + kMpptLength + 2));
        const auto truth = source_();
        const int inverter = begin_sunspec(registers, "Inverter", "SIM-" + id());
        put_model(registers, inverter, integers ? 103 : 113, length);
        if (integers) {
            put_integers(registers, inverter, truth);
        } else {
            put_floats(registers, inverter, truth);
        }
        put_strings(registers, inverter + 2 + length, truth);
        end_sunspec(registers, inverter + 2 + length + 2 + kMpptLength);
        return registers.read(request.address, request.count);
    }

  private:
    SunSpecNumbers numbers_;
    InverterSource source_;
};

}  // namespace

std::unique_ptr<SimulatedDevice> make_sunspec_inverter(const std::string& id, SunSpecNumbers numbers,
                                                       InverterSource source) {
    return std::make_unique<Inverter>(id, numbers, std::move(source));
}

}  // namespace sunherd::simulator
