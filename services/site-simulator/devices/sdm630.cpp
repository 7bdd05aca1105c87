#include "devices/meters.hpp"

#include <cmath>

namespace sunherd::simulator {

/// Eastron SDM630. Source: reference page grid-meters (mbmd `sdm.go`). Input registers, float32, high word
/// first.
void fill_sdm630(Registers& registers, const MeterTruth& truth) {
    registers.block(0x0000, 0x4C);
    registers.block(0x0156, 0x10);
    double apparent_va = 0;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int offset = 2 * static_cast<int>(phase);
        registers.f32(0x00 + offset, truth.voltage_v.at(phase));
        registers.f32(0x06 + offset, truth.current_a.at(phase));
        registers.f32(0x0C + offset, truth.power_w.at(phase));
        const double va = std::abs(truth.current_a.at(phase)) * truth.voltage_v.at(phase);
        apparent_va += va;
        registers.f32(0x12 + offset, va);
        registers.f32(0x1E + offset, truth.power_w.at(phase) < 0 ? -1 : 1);
        registers.f32(0x15A + offset, truth.imported_wh / 3000);
        registers.f32(0x160 + offset, truth.exported_wh / 3000);
    }
    registers.f32(0x34, house::sum(truth.power_w));
    registers.f32(0x38, apparent_va);
    registers.f32(0x3E, house::sum(truth.power_w) < 0 ? -1 : 1);
    registers.f32(0x46, truth.frequency_hz);
    registers.f32(0x48, truth.imported_wh / 1000);
    registers.f32(0x4A, truth.exported_wh / 1000);
    registers.f32(0x156, (truth.imported_wh + truth.exported_wh) / 1000);
}

}  // namespace sunherd::simulator
