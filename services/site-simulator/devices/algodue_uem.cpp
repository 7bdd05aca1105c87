#include "devices/meters.hpp"

#include <cmath>

namespace sunherd::simulator {
namespace {

void fill_floats(Registers& registers, const MeterTruth& truth) {
    registers.block(0x1000, 0x3C);
    registers.block(0x1100, 0x50);
    double volts = 0;
    double apparent_va = 0;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int offset = 2 * static_cast<int>(phase);
        const double va = std::abs(truth.current_a.at(phase)) * truth.voltage_v.at(phase);
        volts += truth.voltage_v.at(phase) / 3;
        apparent_va += va;
        registers.f32(0x1000 + offset, truth.voltage_v.at(phase));
        registers.f32(0x1006 + offset, truth.voltage_v.at(phase) * std::sqrt(3.0));
        registers.f32(0x100E + offset, truth.current_a.at(phase));
        registers.f32(0x1018 + offset, truth.power_w.at(phase) < 0 ? -1 : 1);
        registers.f32(0x1020 + offset, truth.power_w.at(phase));
        registers.f32(0x1028 + offset, va);
        registers.f32(0x1100 + offset, truth.imported_wh / 3);
        registers.f32(0x1108 + offset, truth.exported_wh / 3);
    }
    registers.f32(0x100C, volts);
    registers.f32(0x1016, house::sum(truth.current_a) / 3);
    registers.f32(0x101E, house::sum(truth.power_w) < 0 ? -1 : 1);
    registers.f32(0x1026, house::sum(truth.power_w));
    registers.f32(0x102E, apparent_va);
    registers.f32(0x1038, truth.frequency_hz);
    registers.f32(0x1106, truth.imported_wh);
    registers.f32(0x110E, truth.exported_wh);
}

/// Signed values carry a sign bit, not two's complement (0x051D says so).
void fill_integers(Registers& registers, const MeterTruth& truth) {
    registers.block(0x0000, 0x42);
    registers.block(0x0100, 0x18);
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int index = static_cast<int>(phase);
        registers.i32_sign_bit(0x00 + 2 * index, truth.voltage_v.at(phase) * 1000);
        registers.i32_sign_bit(0x0E + 2 * index, truth.current_a.at(phase) * 1000);
        registers.i16_sign_bit(0x18 + index, truth.power_w.at(phase) < 0 ? -1000 : 1000);
        registers.i48_sign_bit(0x1C + 3 * index, truth.power_w.at(phase) * 1000);
        registers.i48_sign_bit(0x100 + 3 * index, truth.imported_wh * 10 / 3);
        registers.i48_sign_bit(0x10C + 3 * index, truth.exported_wh * 10 / 3);
    }
    registers.i48_sign_bit(0x25, house::sum(truth.power_w) * 1000);
    registers.i16_sign_bit(0x40, truth.frequency_hz * 1000);
    registers.i48_sign_bit(0x109, truth.imported_wh * 10);
    registers.i48_sign_bit(0x115, truth.exported_wh * 10);
}

void fill_identity(Registers& registers) {
    registers.block(0x0500, 0x24);
    registers.text(0x0500, 5, "SIM0001");
    registers.word(0x0505, 0x08);  // 80 A, three phases, four wires
    registers.word(0x0507, 104);   // firmware 1.04
    registers.word(0x0508, 100);
    registers.word(0x0512, 1);
    registers.text(0x0518, 5, "SIM0002");
}

}  // namespace

/// Algodue UEM / UPM, the meter inside the Load Guard. Source: reference page algodue-uem. Functions 3 and 4.
void fill_algodue_uem(Registers& registers, const MeterTruth& truth) {
    fill_floats(registers, truth);
    fill_integers(registers, truth);
    fill_identity(registers);
}

}  // namespace sunherd::simulator
