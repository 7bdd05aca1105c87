#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sunherd::controller {

/// A bare value with its end, as people say it: `now for 2 h`, `16 A until 22:00`.
struct Spoken {
    std::string value;
    std::optional<std::chrono::milliseconds> span{};  ///< `for 90 s`, `for 30 min`, `for 2 h`
    std::optional<std::string> until{};               ///< as it was said
};

/// Text without such an end is its own value; `for` without a span that makes sense likewise.
Spoken take_apart(const std::string& text);

/// `10`, `10 kWh` where `unit` is ` Wh`, `4.2kW` where it is ` W`; in that unit. Absent where it is no such
/// number.
std::optional<double> number_with_unit(std::string_view text, std::string_view unit);

std::string lower_case(std::string_view text);

}  // namespace sunherd::controller
