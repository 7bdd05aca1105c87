#pragma once

#include "modbus_frame.hpp"

#include <cstdint>
#include <string_view>

namespace sunherd::simulator {

/// How measured values are bent: `nan` and `spike`.
struct Distortion {
    bool not_implemented = false;
    double factor = 1;
};

/// The registers of a device at one moment: blocks that can be read, and values put into them. Values that
/// are measured (`f32`, `i16` …) suffer the distortion, facts (`word`, `text` …) don't. A value beyond its
/// type's range stands at the end of it.
class Registers {
  public:
    explicit Registers(const Distortion& distortion = {}) : distortion_(distortion) {}

    /// Readable from here on, 0 where nothing else is put; a read across its end is exception 2.
    void block(std::uint16_t first, std::uint16_t count);

    void word(int address, int value);
    void i64(int address, std::int64_t value);
    void u32_low_word_first(int address, std::uint32_t value);
    /// Two characters a register, NUL padded.
    void text(int address, int words, std::string_view text);
    /// One character a register.
    void text_wide(int address, int words, std::string_view text);
    /// A float that is no measurement.
    void fact_f32(int address, double value);

    void f32(int address, double value);
    void i16(int address, double value);
    void u16(int address, double value);
    void acc32(int address, double value);  ///< high word first, wraps
    void i32_low_word_first(int address, double value);
    void u32(int address, double value);           ///< high word first
    void i32_sign_bit(int address, double value);  ///< two words, sign bit and magnitude
    void i48_sign_bit(int address, double value);  ///< three words, sign bit and magnitude
    void i16_sign_bit(int address, double value);

    Answer read(int first, int count) const;
    Words words(int first, int count) const;

  private:
    struct Block {
        int first = 0;
        Words words;
    };
    std::uint16_t& at(int address);
    double measured(double value) const { return value * distortion_.factor; }
    void two_words(int address, std::uint32_t value);
    void sign_bit(int address, int words, double value);

    Distortion distortion_;
    std::vector<Block> blocks_;
};

}  // namespace sunherd::simulator
