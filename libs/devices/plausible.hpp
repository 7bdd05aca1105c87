#pragma once

#include "devices/reading.hpp"

namespace sunherd::devices {

enum class Verdict {
    good,
    absent,       ///< the device's way to say that there is nothing: 0 V on a phase that isn't connected
    implausible,  ///< can't be true; refused and counted
};

/// What to make of a value: wide limits that no house leaves, so that what is outside is an error of
/// transmission, of the profile or of the device.
Verdict judge(Quantity quantity, double value);

/// Volts, amperes, watts and hertz: they differ a little from poll to poll, unless the device repeats itself.
bool is_measured(Quantity quantity);

}  // namespace sunherd::devices
