#include "devices/sunspec.hpp"

#include "devices/meters.hpp"

#include <cmath>

namespace sunherd::simulator {
namespace {

constexpr int kCommonLength = 65;

}  // namespace

int begin_sunspec(Registers& registers, std::string_view model, std::string_view serial) {
    const int common = kSunSpecBase + 2;
    registers.text(kSunSpecBase, 2, "SunS");
    put_model(registers, common, 1, kCommonLength);
    registers.text(common + 2, 16, "Sunherd");
    registers.text(common + 18, 16, model);
    registers.text(common + 42, 8, "1.0");
    registers.text(common + 50, 16, serial);
    registers.word(common + 66, 1);
    return common + 2 + kCommonLength;
}

void put_model(Registers& registers, int address, int id, int length) {
    registers.word(address, id);
    registers.word(address + 1, length);
}

void end_sunspec(Registers& registers, int address) {
    put_model(registers, address, 0xFFFF, 0);
}

/// Model 203, power and energy + on import, as a Fronius meter at the grid connection has it.
void fill_sunspec_meter(Registers& registers, const MeterTruth& truth) {
    registers.block(kSunSpecBase, 2 + 2 + kCommonLength + 2 + 105 + 2);
    const int meter = begin_sunspec(registers, "Meter", "SIM0003");
    put_model(registers, meter, 203, 105);
    for (int point = 2; point <= 104; ++point) {
        registers.word(meter + point, 0x8000);
    }
    double volts = 0;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int index = static_cast<int>(phase);
        volts += truth.voltage_v.at(phase) / 3;
        registers.i16(meter + 3 + index, truth.current_a.at(phase) * 100);
        registers.i16(meter + 8 + index, truth.voltage_v.at(phase) * 10);
        registers.i16(meter + 12 + index, truth.voltage_v.at(phase) * std::sqrt(3.0) * 10);
        registers.i16(meter + 19 + index, truth.power_w.at(phase));
        registers.acc32(meter + 40 + 2 * index, truth.exported_wh / 3);
        registers.acc32(meter + 48 + 2 * index, truth.imported_wh / 3);
    }
    registers.i16(meter + 2, house::sum(truth.current_a) * 100);
    registers.word(meter + 6, -2);
    registers.i16(meter + 7, volts * 10);
    registers.word(meter + 15, -1);
    registers.i16(meter + 16, truth.frequency_hz * 100);
    registers.word(meter + 17, -2);
    registers.i16(meter + 18, house::sum(truth.power_w));
    registers.word(meter + 22, 0);
    registers.acc32(meter + 38, truth.exported_wh);
    registers.acc32(meter + 46, truth.imported_wh);
    registers.word(meter + 54, 0);
    end_sunspec(registers, meter + 2 + 105);
}

}  // namespace sunherd::simulator
