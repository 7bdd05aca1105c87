#include "values.hpp"

#include "local_time.hpp"
#include "spoken.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace sunherd::controller {
namespace {

using topics::ChargeMode;
using topics::CommandValue;
using namespace std::string_view_literals;

using Read = tl::expected<CommandValue, std::string>;

constexpr double kMostWh = 1e6;
constexpr double kMostPrice = 100;
constexpr double kLowestPriority = 100;  ///< as in the site file

std::string decimal(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

Read refuse(const std::string& expected, const CommandValue& value) {
    return tl::unexpected("expected " + expected + ", got " + in_words(value));
}

using Words = std::vector<std::string_view>;

template <topics::Worded E>
Words words_of() {
    Words all;
    for (const auto& entry : enum_words(E{})) {
        all.push_back(entry.second);
    }
    return all;
}

Read refuse_word(const Words& words, const CommandValue& value) {
    std::string expected = "one of";
    for (const auto word : words) {
        expected.append(" ").append(word);
    }
    return refuse(expected, value);
}

Read read_number(const CommandValue& value, double least, double most, std::string_view unit,
                 const std::string& expected) {
    const auto* plain = std::get_if<double>(&value);
    const auto* text = std::get_if<std::string>(&value);
    const auto number = plain != nullptr  ? std::optional(*plain)
                        : text != nullptr ? number_with_unit(*text, unit)
                                          : std::nullopt;
    if (!number || !std::isfinite(*number) || *number < least || *number > most) {
        return refuse(expected, value);
    }
    return *number + 0.0;  // no -0
}

Read read_current(const CommandValue& value, const Bounds& bounds, bool zero_too) {
    const std::string expected = std::string(zero_too ? "0 or " : "") + "a current from " +
                                 decimal(bounds.least) + " A to " + decimal(bounds.most) + " A";
    auto current = read_number(value, zero_too ? 0 : bounds.least, bounds.most, " A", expected);
    if (current && std::get<double>(*current) < bounds.least && std::get<double>(*current) != 0) {
        return refuse(expected, value);
    }
    return current;
}

std::optional<ChargeMode> mode_of(const std::string& said) {
    const auto word = lower_case(said);
    // What other systems call the same.
    constexpr std::array kAliases{
        std::pair{"pv"sv, ChargeMode::solar},           std::pair{"solar_only"sv, ChargeMode::solar},
        std::pair{"fast"sv, ChargeMode::now},           std::pair{"standard"sv, ChargeMode::now},
        std::pair{"minpv"sv, ChargeMode::eco},          std::pair{"smart"sv, ChargeMode::eco},
        std::pair{"solar_priority"sv, ChargeMode::eco}, std::pair{"stop"sv, ChargeMode::off}};
    for (const auto& [alias, mode] : kAliases) {
        if (alias == word) {
            return mode;
        }
    }
    return topics::from_word<ChargeMode>(word);
}

Read read_mode(const CommandValue& value) {
    const auto* word = std::get_if<std::string>(&value);
    const auto mode = word != nullptr ? mode_of(*word) : std::nullopt;
    if (!mode) {
        return refuse_word(words_of<ChargeMode>(), value);
    }
    return std::string(topics::to_word(*mode));
}

Read read_word(const CommandValue& value, const Words& words) {
    const auto* said = std::get_if<std::string>(&value);
    for (const auto word : words) {
        if (said != nullptr && lower_case(*said) == word) {
            return std::string(word);
        }
    }
    return refuse_word(words, value);
}

Read read_flag(const CommandValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag;
    }
    const auto word = lower_case(in_words(value));
    const auto is_one_of = [&word](std::initializer_list<std::string_view> words) {
        return std::ranges::find(words, word) != words.end();
    };
    if (is_one_of({"true", "on", "1"})) {
        return true;
    }
    if (is_one_of({"false", "off", "0"})) {
        return false;
    }
    return refuse("true or false", value);
}

Read read_priority(const CommandValue& value) {
    const std::string expected = "a whole number from 1 (the most important) to " + decimal(kLowestPriority);
    auto number = read_number(value, 1, kLowestPriority, "", expected);
    if (number && std::get<double>(*number) != std::floor(std::get<double>(*number))) {
        return refuse(expected, value);
    }
    return number;
}

Read read_time(const CommandValue& value, const Bounds& bounds) {
    const auto* text = std::get_if<std::string>(&value);
    const auto moment = text != nullptr ? parse_moment(*text, bounds.time_zone, bounds.utc) : std::nullopt;
    if (!moment) {
        return refuse("a time of day (07:30) or a moment (RFC 3339)", value);
    }
    if (*moment <= bounds.utc) {
        return tl::unexpected("that moment is over: " + in_words(value));
    }
    return topics::to_rfc3339(*moment);
}

Read read_press(const CommandValue& value) {
    if (value == CommandValue(true) || lower_case(in_words(value)) == "press") {
        return true;
    }
    return refuse("press", value);
}

}  // namespace

std::string in_words(const CommandValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag ? "true" : "false";
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return decimal(*number);
    }
    return std::get<std::string>(value).substr(0, 64);
}

bool is_default(ValueKind kind, const CommandValue& value) {
    const auto* word = std::get_if<std::string>(&value);
    return word != nullptr && (*word == "default" || (kind == ValueKind::time && *word == "-"));
}

tl::expected<CommandValue, std::string> read_value(ValueKind kind, const CommandValue& value,
                                                   const Bounds& bounds) {
    const auto up_to = [&bounds](const char* what, const char* unit) {
        return std::string("a ") + what + " from 0 to " + decimal(bounds.most) + unit;
    };
    switch (kind) {
        case ValueKind::mode:
            return read_mode(value);
        case ValueKind::ems_state:
            return read_word(value, {"auto", "standby"});
        case ValueKind::battery_mode:
            return read_word(value, words_of<topics::BatteryMode>());
        case ValueKind::current:
            return read_current(value, bounds, false);
        case ValueKind::current_or_zero:
            return read_current(value, bounds, true);
        case ValueKind::grid_current:
            return read_number(value, 0, bounds.most, " A",
                               "a current from 0 A to " + decimal(bounds.most) + " A");
        case ValueKind::import_power:
        case ValueKind::power:
            return read_number(value, 0, bounds.most, " W", up_to("power", " W"));
        case ValueKind::energy:
            return read_number(value, 0, kMostWh, " Wh", "an energy from 0 to " + decimal(kMostWh) + " Wh");
        case ValueKind::percent:
            return read_number(value, 1, 100, " %", "a percentage from 1 to 100");
        case ValueKind::price:
            return read_number(value, -kMostPrice, kMostPrice, "", "a price per kWh from -100 to 100");
        case ValueKind::priority:
            return read_priority(value);
        case ValueKind::flag:
            return read_flag(value);
        case ValueKind::time:
            return read_time(value, bounds);
        case ValueKind::press:
            return read_press(value);
        case ValueKind::nothing:
            break;
    }
    return refuse("default", value);
}

}  // namespace sunherd::controller
