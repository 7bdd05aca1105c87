#include "modbus/registers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sunherd::modbus {

namespace {

constexpr int kLargestScaleFactor = 10;

enum class Form { unsigned_integer, twos_complement, sign_magnitude, binary32, binary64 };

struct Layout {
    Form form;
    std::uint16_t width;
};

Layout layout(Type type) {
    switch (type) {
        case Type::u16:
            return {Form::unsigned_integer, 1};
        case Type::i16:
        case Type::sunssf:
            return {Form::twos_complement, 1};
        case Type::u32:
        case Type::acc32:
            return {Form::unsigned_integer, 2};
        case Type::i32:
            return {Form::twos_complement, 2};
        case Type::u48:
            return {Form::unsigned_integer, 3};
        case Type::u64:
            return {Form::unsigned_integer, 4};
        case Type::i64:
            return {Form::twos_complement, 4};
        case Type::f32:
            return {Form::binary32, 2};
        case Type::f64:
            return {Form::binary64, 4};
        case Type::sm16:
            return {Form::sign_magnitude, 1};
        case Type::sm32:
            return {Form::sign_magnitude, 2};
        case Type::sm48:
            return {Form::sign_magnitude, 3};
    }
    return {Form::unsigned_integer, 1};
}

double value_of(Layout layout, std::uint64_t bits) {
    const unsigned shift = 64U - 16U * layout.width;
    const std::uint64_t sign = std::uint64_t{1} << (16U * layout.width - 1U);
    switch (layout.form) {
        case Form::unsigned_integer:
            return static_cast<double>(bits);
        case Form::twos_complement:
            return static_cast<double>(static_cast<std::int64_t>(bits << shift) >> shift);
        case Form::sign_magnitude: {
            const auto magnitude = static_cast<double>(bits & ~sign);
            return (bits & sign) != 0 ? -magnitude : magnitude;
        }
        case Form::binary32:
            return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        case Form::binary64:
            return std::bit_cast<double>(bits);
    }
    return 0;
}

std::uint64_t bits_of(Layout layout, double value) {
    const int bit_count = 16 * layout.width;
    // The largest double below 2^n: a cast of more would be undefined.
    const auto below_power_of_two = [](int n) { return std::nextafter(std::ldexp(1.0, n), 0.0); };
    switch (layout.form) {
        case Form::unsigned_integer:
            return static_cast<std::uint64_t>(
                std::floor(std::clamp(std::round(value), 0.0, below_power_of_two(bit_count))));
        case Form::twos_complement: {
            const double lowest = -std::ldexp(1.0, bit_count - 1);
            const auto integer = static_cast<std::int64_t>(
                std::floor(std::clamp(std::round(value), lowest, below_power_of_two(bit_count - 1))));
            return static_cast<std::uint64_t>(integer) & (~std::uint64_t{0} >> (64 - bit_count));
        }
        case Form::sign_magnitude: {
            const auto magnitude = static_cast<std::uint64_t>(
                std::floor(std::min(std::round(std::abs(value)), below_power_of_two(bit_count - 1))));
            return magnitude | (value < 0 ? std::uint64_t{1} << (bit_count - 1) : 0);
        }
        case Form::binary32:
            return std::bit_cast<std::uint32_t>(static_cast<float>(value));
        case Form::binary64:
            return std::bit_cast<std::uint64_t>(value);
    }
    return 0;
}

/// Cuts at the first NUL; a character that isn't printable ASCII, or a blank at the ends, is dropped.
class TextBuilder {
  public:
    void add(unsigned character) {
        ended_ = ended_ || character == 0;
        if (!ended_ && character >= ' ' && character <= '~') {
            text_.push_back(static_cast<char>(character));
        }
    }
    std::string trimmed() const {
        const auto first = text_.find_first_not_of(' ');
        return first == std::string::npos ? "" : text_.substr(first, text_.find_last_not_of(' ') - first + 1);
    }

  private:
    std::string text_;
    bool ended_ = false;
};

}  // namespace

std::uint16_t width(Type type) {
    return layout(type).width;
}

std::uint64_t raw_bits(Type type, WordOrder order, std::span<const std::uint16_t> words) {
    const std::size_t count = width(type);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < count; ++i) {
        bits = (bits << 16U) | words[order == WordOrder::high_first ? i : count - 1 - i];
    }
    return bits;
}

std::optional<double> decode(Type type, WordOrder order, std::span<const std::uint16_t> words,
                             std::optional<std::uint64_t> not_implemented) {
    const std::uint64_t bits = raw_bits(type, order, words);
    if (not_implemented && bits == *not_implemented) {
        return std::nullopt;
    }
    const double value = value_of(layout(type), bits);
    if (!std::isfinite(value) || (type == Type::sunssf && std::abs(value) > kLargestScaleFactor)) {
        return std::nullopt;
    }
    return value == 0 ? 0 : value;
}

std::vector<std::uint16_t> encode(Type type, WordOrder order, double value) {
    const Layout how = layout(type);
    std::uint64_t bits = bits_of(how, value);
    std::vector<std::uint16_t> words(how.width);
    for (std::size_t i = how.width; i-- > 0; bits >>= 16U) {
        words[i] = static_cast<std::uint16_t>(bits & 0xFFFFU);
    }
    if (order == WordOrder::low_first) {
        std::reverse(words.begin(), words.end());
    }
    return words;
}

std::string decode_text(std::span<const std::uint16_t> words) {
    TextBuilder text;
    for (const auto word : words) {
        text.add(word >> 8U);
        text.add(word & 0xFFU);
    }
    return text.trimmed();
}

std::string decode_wide_text(std::span<const std::uint16_t> words) {
    TextBuilder text;
    for (const auto word : words) {
        text.add(word);
    }
    return text.trimmed();
}

}  // namespace sunherd::modbus
