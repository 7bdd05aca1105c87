#include "registers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace sunherd::simulator {
namespace {

template <class Int>
Int rounded(double value) {
    constexpr double kLeast = static_cast<double>(std::numeric_limits<Int>::min());
    constexpr double kMost = static_cast<double>(std::numeric_limits<Int>::max());
    return static_cast<Int>(std::llround(std::clamp(value, kLeast, kMost)));
}

std::uint16_t high_word(std::uint32_t value) {
    return static_cast<std::uint16_t>(value >> 16U);
}

std::uint16_t low_word(std::uint32_t value) {
    return static_cast<std::uint16_t>(value & 0xFFFFU);
}

}  // namespace

void Registers::block(std::uint16_t first, std::uint16_t count) {
    blocks_.push_back({first, Words(count)});
}

std::uint16_t& Registers::at(int address) {
    for (auto& block : blocks_) {
        if (address >= block.first && address < block.first + static_cast<int>(block.words.size())) {
            return block.words[static_cast<std::size_t>(address - block.first)];
        }
    }
    throw std::out_of_range("simulated register " + std::to_string(address) + " is in no block");
}

void Registers::word(int address, int value) {
    at(address) = static_cast<std::uint16_t>(value & 0xFFFF);
}

void Registers::i64(int address, std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    two_words(address, static_cast<std::uint32_t>(bits >> 32U));
    two_words(address + 2, static_cast<std::uint32_t>(bits & 0xFFFFFFFFU));
}

void Registers::u32_low_word_first(int address, std::uint32_t value) {
    at(address) = low_word(value);
    at(address + 1) = high_word(value);
}

void Registers::text(int address, int words, std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    for (int i = 0; i < words; ++i) {
        const auto first = 2 * static_cast<std::size_t>(i);
        at(address + i) = static_cast<std::uint16_t>(byte(first) << 8U | byte(first + 1));
    }
}

void Registers::text_wide(int address, int words, std::string_view text) {
    for (int i = 0; i < words; ++i) {
        const auto index = static_cast<std::size_t>(i);
        at(address + i) = index < text.size() ? static_cast<unsigned char>(text[index]) : std::uint16_t{0};
    }
}

void Registers::two_words(int address, std::uint32_t value) {
    at(address) = high_word(value);
    at(address + 1) = low_word(value);
}

void Registers::fact_f32(int address, double value) {
    two_words(address, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
}

void Registers::f32(int address, double value) {
    if (distortion_.not_implemented) {
        two_words(address, 0x7FC00000U);
    } else {
        fact_f32(address, measured(value));
    }
}

void Registers::i16(int address, double value) {
    word(address, distortion_.not_implemented ? 0x8000 : rounded<std::int16_t>(measured(value)));
}

void Registers::u16(int address, double value) {
    word(address, distortion_.not_implemented ? 0xFFFF : rounded<std::uint16_t>(measured(value)));
}

void Registers::acc32(int address, double value) {
    const double wrapped = std::fmod(std::max(0.0, measured(value)), 4294967296.0);
    two_words(address, distortion_.not_implemented ? 0 : rounded<std::uint32_t>(wrapped));
}

void Registers::i32_low_word_first(int address, double value) {
    const auto bits = static_cast<std::uint32_t>(rounded<std::int32_t>(measured(value)));
    u32_low_word_first(address, distortion_.not_implemented ? 0x80000000U : bits);
}

void Registers::u32(int address, double value) {
    two_words(address, distortion_.not_implemented ? 0xFFFFFFFFU : rounded<std::uint32_t>(measured(value)));
}

void Registers::sign_bit(int address, int words, double value) {
    const int bits = 16 * words;
    const double most = std::ldexp(1.0, bits - 1) - 1;
    auto magnitude = static_cast<std::uint64_t>(std::llround(std::min(std::abs(measured(value)), most)));
    if (measured(value) < 0) {
        magnitude |= std::uint64_t{1} << static_cast<unsigned>(bits - 1);
    }
    for (int i = words - 1; i >= 0; --i, magnitude >>= 16U) {
        at(address + i) = distortion_.not_implemented ? std::uint16_t{0xFFFF}
                                                      : static_cast<std::uint16_t>(magnitude & 0xFFFFU);
    }
}

void Registers::i16_sign_bit(int address, double value) {
    sign_bit(address, 1, value);
}

void Registers::i32_sign_bit(int address, double value) {
    sign_bit(address, 2, value);
}

void Registers::i48_sign_bit(int address, double value) {
    sign_bit(address, 3, value);
}

Answer Registers::read(int first, int count) const {
    for (const auto& block : blocks_) {
        const int offset = first - block.first;
        if (offset >= 0 && offset + count <= static_cast<int>(block.words.size())) {
            return Words(block.words.begin() + offset, block.words.begin() + offset + count);
        }
    }
    return tl::unexpected(kIllegalAddress);
}

Words Registers::words(int first, int count) const {
    return read(first, count).value_or(Words{});
}

}  // namespace sunherd::simulator
