#pragma once

#include "devices/reading.hpp"
#include "modbus/plan.hpp"
#include "modbus/registers.hpp"

#include <optional>
#include <span>
#include <vector>

namespace sunherd::devices {

/// One value of a device: a row of its profile.
struct Point {
    std::uint16_t address = 0;
    modbus::Type type = modbus::Type::u16;
    modbus::WordOrder order = modbus::WordOrder::high_first;
    double scale = 1;  ///< to the unit of the quantity
    Quantity quantity = Quantity::power_w;
    std::optional<std::uint64_t> not_implemented = std::nullopt;  ///< bits that mean "there is no such value"
    std::optional<std::uint16_t> scale_factor = std::nullopt;     ///< SunSpec: address of its exponent of ten
    double (*repair)(double) = nullptr;                           ///< quirk: applied after scale
};

/// Registers as they were read: a few blocks.
class Registers {
  public:
    void add(const modbus::Block& block, std::vector<std::uint16_t> words);
    /// `count` registers from `address`; empty where not all of them were read.
    std::span<const std::uint16_t> at(std::uint16_t address, std::uint16_t count) const;

  private:
    struct Piece {
        std::uint16_t address;
        std::vector<std::uint16_t> words;
    };
    std::vector<Piece> pieces_;
};

/// Decodes what was read of the points, each `offset` registers further on, into the reading: refuses what
/// can't be true, and takes the measured values' registers into the fingerprint.
void decode_points(std::span<const Point> points, const Registers& registers, std::uint16_t offset,
                   Reading& reading);

/// One value in its unit, not judged yet; absent where its registers weren't read or say so.
std::optional<double> decode_value(const Point& point, const Registers& registers, std::uint16_t offset);

/// Currents that the device gives without a sign get that of their phase's power, where that is known.
void sign_currents(Values& values);

}  // namespace sunherd::devices
