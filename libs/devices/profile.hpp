#pragma once

#include "devices/device.hpp"
#include "devices/point.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::devices {

/// What a device holds and what we make of it: a worked example, from its manual or a capture. It stands
/// below the profile; one test plays the registers of all of them to their readers.
struct Proof {
    struct Memory {
        std::uint16_t address;
        std::vector<std::uint16_t> words;
    };
    struct Expected {
        Quantity quantity = Quantity::power_w;
        std::optional<double> value = std::nullopt;  ///< nullopt: must be absent
    };
    std::string_view what;
    modbus::Table table;
    std::vector<Memory> memory;  ///< what lies between reads 0; beyond the last: exception 2
    std::vector<Expected> values;
    Identity identity = {};
    int implausible = 0;
};

/// One kind of device. Each file in profiles/ gives its profiles by a function that CMake finds by the file's
/// name.
struct Profile {
    ProfileInfo info;
    std::unique_ptr<Reader> (*make_reader)(modbus::ReadConnection&, const ReaderOptions&) = nullptr;
    std::vector<Proof> (*proofs)() = nullptr;
};

const std::vector<Profile>& all_profiles();

}  // namespace sunherd::devices
