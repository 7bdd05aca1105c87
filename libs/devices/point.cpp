#include "devices/point.hpp"

#include "devices/plausible.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace sunherd::devices {

namespace {

/// FNV-1a, word by word.
constexpr std::uint64_t kFingerprintStart = 0xcbf29ce484222325;
constexpr std::uint64_t kFingerprintPrime = 0x100000001b3;

void take_fingerprint(std::span<const std::uint16_t> words, std::uint64_t& fingerprint) {
    if (fingerprint == 0) {
        fingerprint = kFingerprintStart;
    }
    for (const auto word : words) {
        fingerprint = (fingerprint ^ word) * kFingerprintPrime;
    }
}

/// 10^SF; absent when the scale factor isn't there: then its values can't be used.
std::optional<double> power_of_ten(const Point& point, const Registers& registers, std::uint16_t offset) {
    if (!point.scale_factor) {
        return 1;
    }
    const auto words = registers.at(static_cast<std::uint16_t>(*point.scale_factor + offset), 1);
    if (words.empty()) {
        return std::nullopt;
    }
    const auto exponent = modbus::decode(modbus::Type::sunssf, modbus::WordOrder::high_first, words);
    return exponent ? std::optional(std::pow(10, *exponent)) : std::nullopt;
}

}  // namespace

void Registers::add(const modbus::Block& block, std::vector<std::uint16_t> words) {
    pieces_.push_back({block.address, std::move(words)});
}

std::span<const std::uint16_t> Registers::at(std::uint16_t address, std::uint16_t count) const {
    for (const auto& piece : pieces_) {
        const int from = address - piece.address;
        if (from >= 0 && static_cast<std::size_t>(from) + count <= piece.words.size()) {
            return std::span(piece.words).subspan(static_cast<std::size_t>(from), count);
        }
    }
    return {};
}

std::optional<double> decode_value(const Point& point, const Registers& registers, std::uint16_t offset) {
    const auto words =
        registers.at(static_cast<std::uint16_t>(point.address + offset), modbus::width(point.type));
    if (words.empty()) {
        return std::nullopt;
    }
    const auto raw = modbus::decode(point.type, point.order, words, point.not_implemented);
    const auto factor = power_of_ten(point, registers, offset);
    if (!raw || !factor) {
        return std::nullopt;
    }
    const double value = *raw * point.scale * *factor;
    return point.repair != nullptr ? point.repair(value) : value;
}

void decode_points(std::span<const Point> points, const Registers& registers, std::uint16_t offset,
                   Reading& reading) {
    for (const Point& point : points) {
        if (const auto value = decode_value(point, registers, offset)) {
            const Verdict verdict = judge(point.quantity, *value);
            reading.implausible += verdict == Verdict::implausible ? 1 : 0;
            reading.values[point.quantity] = verdict == Verdict::good ? value : std::nullopt;
        }
        if (is_measured(point.quantity)) {
            take_fingerprint(
                registers.at(static_cast<std::uint16_t>(point.address + offset), modbus::width(point.type)),
                reading.fingerprint);
        }
    }
}

void sign_currents(Values& values) {
    using enum Quantity;
    for (const auto& [current, power] :
         {std::pair{current_l1_a, power_l1_w}, std::pair{current_l2_a, power_l2_w},
          std::pair{current_l3_a, power_l3_w}}) {
        if (values[current] && values[power] && *values[power] != 0) {
            values[current] = std::copysign(*values[current], *values[power]);
        }
    }
}

}  // namespace sunherd::devices
