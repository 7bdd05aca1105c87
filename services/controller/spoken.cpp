#include "spoken.hpp"

#include "topics/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace sunherd::controller {
namespace {

using topics::trimmed;

/// The number at the beginning; `text` keeps the rest.
std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || !std::isfinite(number)) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    text = trimmed(text);
    return number;
}

std::optional<std::chrono::milliseconds> span_of(std::string_view text) {
    constexpr double kMostMs = 366.0 * 24 * 3600 * 1000;
    const auto number = take_number(text);
    const auto unit = lower_case(text);
    const double ms = number.value_or(0) * (unit == "s"                    ? 1000
                                            : unit == "min" || unit == "m" ? 60'000
                                            : unit == "h"                  ? 3'600'000
                                                                           : 0);
    return ms >= 1 && ms <= kMostMs ? std::optional(std::chrono::milliseconds(std::llround(ms)))
                                    : std::nullopt;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

Spoken take_apart(const std::string& text) {
    if (const auto at = text.rfind(" for "); at != std::string::npos) {
        if (const auto span = span_of(trimmed(std::string_view(text).substr(at + 5)))) {
            return {.value = std::string(trimmed(text.substr(0, at))), .span = span};
        }
    }
    if (const auto at = text.rfind(" until "); at != std::string::npos) {
        return {.value = std::string(trimmed(text.substr(0, at))),
                .until = std::string(trimmed(std::string_view(text).substr(at + 7)))};
    }
    return {.value = text};
}

std::optional<double> number_with_unit(std::string_view text, std::string_view unit) {
    text = trimmed(text);
    const auto number = take_number(text);
    const auto said = lower_case(text);
    const auto ours = lower_case(trimmed(unit));
    if (!number || said.empty() || said == ours) {
        return number;
    }
    const bool thousands = said == "k" + ours && (ours == "w" || ours == "wh");
    return thousands ? std::optional(*number * 1000) : std::nullopt;
}

}  // namespace sunherd::controller
