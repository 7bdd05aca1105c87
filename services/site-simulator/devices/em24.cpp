#include "devices/meters.hpp"

namespace sunherd::simulator {
namespace {

/// Where the two maps differ.
struct Em24Map {
    int power_factor;
    int frequency;
    int imported;
    int imported_phases;
    int exported;
};

void fill(Registers& registers, const MeterTruth& truth, const Em24Map& map) {
    registers.block(0, 0x60);
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int index = static_cast<int>(phase);
        registers.i32_low_word_first(0x00 + 2 * index, truth.voltage_v.at(phase) * 10);
        registers.i32_low_word_first(0x0C + 2 * index, truth.current_a.at(phase) * 1000);
        registers.i32_low_word_first(0x12 + 2 * index, truth.power_w.at(phase) * 10);
        registers.i32_low_word_first(map.imported_phases + 2 * index, truth.imported_wh / 300);
        registers.i16(map.power_factor + index, truth.power_w.at(phase) < 0 ? -1000 : 1000);
    }
    registers.i32_low_word_first(0x28, house::sum(truth.power_w) * 10);
    registers.i16(map.power_factor + 3, house::sum(truth.power_w) < 0 ? -1000 : 1000);
    registers.i16(map.frequency, truth.frequency_hz * 10);
    registers.i32_low_word_first(map.imported, truth.imported_wh / 100);
    registers.i32_low_word_first(map.exported, truth.exported_wh / 100);
}

}  // namespace

/// Carlo Gavazzi EM24 Ethernet, EM340, EM330. Source: reference page grid-meters (mbmd). Input registers,
/// int32, low word first.
void fill_em24_ethernet(Registers& registers, const MeterTruth& truth) {
    fill(registers, truth, {0x2E, 0x33, 0x34, 0x40, 0x4E});
}

/// EM24 RS-485 behind a gateway: the same but for power factor, frequency and energies.
void fill_em24_rs485(Registers& registers, const MeterTruth& truth) {
    fill(registers, truth, {0x32, 0x37, 0x42, 0x46, 0x5C});
}

}  // namespace sunherd::simulator
