#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Values in registers, as pure functions: one decoding for all devices.
namespace sunherd::modbus {

enum class Type {
    u16,
    i16,
    u32,
    i32,
    u48,
    u64,
    i64,
    f32,
    f64,     ///< IEEE 754
    acc32,   ///< SunSpec counter: u32 that wraps; 0 is a value
    sunssf,  ///< SunSpec scale factor: i16, the exponent of ten, -10 … 10
    sm16,
    sm32,
    sm48,  ///< sign bit and magnitude
};

enum class WordOrder { high_first, low_first };

/// Registers that a value takes.
std::uint16_t width(Type type);

/// The bits of a value, right-aligned. `words` holds at least width(type) registers.
std::uint64_t raw_bits(Type type, WordOrder order, std::span<const std::uint16_t> words);

/// The value; absent when its bits are `not_implemented`, when it isn't finite, or a sunssf beyond ±10. -0
/// becomes 0.
std::optional<double> decode(Type type, WordOrder order, std::span<const std::uint16_t> words,
                             std::optional<std::uint64_t> not_implemented = std::nullopt);

/// The registers of a value; integers are rounded and held within their type's range.
std::vector<std::uint16_t> encode(Type type, WordOrder order, double value);

/// Text of two characters per register, high byte first: up to the first NUL, printable ASCII only, trimmed.
std::string decode_text(std::span<const std::uint16_t> words);
/// Text of one character per register.
std::string decode_wide_text(std::span<const std::uint16_t> words);

}  // namespace sunherd::modbus
