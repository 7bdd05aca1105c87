#pragma once

#include "house/phases.hpp"
#include "simulated_device.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace sunherd::simulator {

/// What a meter measures; + is import.
struct MeterTruth {
    house::PerPhase power_w{};
    house::PerPhase current_a{};
    house::PerPhase voltage_v{};
    double frequency_hz = 50;
    double imported_wh = 0;
    double exported_wh = 0;
};
using MeterSource = std::function<MeterTruth()>;

/// The maps: one file each.
void fill_sdm630(Registers& registers, const MeterTruth& truth);
void fill_em24_ethernet(Registers& registers, const MeterTruth& truth);
void fill_em24_rs485(Registers& registers, const MeterTruth& truth);
void fill_algodue_uem(Registers& registers, const MeterTruth& truth);
void fill_sunspec_meter(Registers& registers, const MeterTruth& truth);

/// A meter of this profile; nullptr for a profile that is no meter.
std::unique_ptr<SimulatedDevice> make_meter(std::string_view profile, const std::string& id,
                                            MeterSource source);

}  // namespace sunherd::simulator
