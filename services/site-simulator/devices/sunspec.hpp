#pragma once

#include "house/phases.hpp"
#include "simulated_device.hpp"

#include <functional>
#include <memory>

/// SunSpec: a chain of models at base 40000. Source: reference page sunspec-modbus.
namespace sunherd::simulator {

constexpr int kSunSpecBase = 40000;

/// Writes the marker and model 1; returns the address of the next model.
int begin_sunspec(Registers& registers, std::string_view model, std::string_view serial);
/// Writes ID and length of a model; its points follow at `address + 2`.
void put_model(Registers& registers, int address, int id, int length);
void end_sunspec(Registers& registers, int address);

struct InverterTruth {
    double power_w = 0;
    house::PerPhase voltage_v{};
    double frequency_hz = 50;
    double energy_wh = 0;
};
using InverterSource = std::function<InverterTruth()>;

/// Integers with scale factors (model 103) or floats (113); both followed by two strings (160).
enum class SunSpecNumbers { integers, floats };

std::unique_ptr<SimulatedDevice> make_sunspec_inverter(const std::string& id, SunSpecNumbers numbers,
                                                       InverterSource source);

}  // namespace sunherd::simulator
