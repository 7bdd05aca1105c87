#pragma once

#include "topics/text.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

namespace sunherd::house {

constexpr std::string_view kAround = " \t\r\"";  ///< a cell, or a line

inline std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find(',', begin), line.size());
        cells.push_back(topics::trimmed(line.substr(begin, end - begin), kAround));
        begin = end + 1;
    }
    return cells;
}

/// Nothing but a finite number: otherwise nullopt.
inline std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

/// Lines of a text with their numbers, without the empty ones.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {
        if (rest_.substr(0, 3) == "\xEF\xBB\xBF") {
            rest_.remove_prefix(3);
        }
    }

    std::optional<std::string_view> next() {
        while (!rest_.empty()) {
            const auto end = std::min(rest_.find('\n'), rest_.size());
            const auto line = topics::trimmed(rest_.substr(0, end), kAround);
            rest_.remove_prefix(std::min(end + 1, rest_.size()));
            ++number_;
            if (!line.empty()) {
                return line;
            }
        }
        return std::nullopt;
    }
    int number() const { return number_; }

  private:
    std::string_view rest_;
    int number_ = 0;
};

}  // namespace sunherd::house
