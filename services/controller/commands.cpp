#include "commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace sunherd::controller {
namespace {

using topics::ChargeMode;
using namespace std::string_view_literals;

constexpr double kMostW = 1e7;
constexpr int kLowestPriority = 100;  ///< as in the site file

using Checked = tl::expected<topics::CommandValue, std::string>;

std::string amperes(double current_a) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g A", current_a);
    return text.data();
}

std::string in_words(const topics::CommandValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag ? "true" : "false";
    }
    if (const auto* number = std::get_if<double>(&value)) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.6g", *number);
        return text.data();
    }
    return std::get<std::string>(value).substr(0, 64);
}

/// Also from text, as some tools send numbers.
std::optional<double> number_of(const topics::CommandValue& value) {
    if (const auto* number = std::get_if<double>(&value)) {
        return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
    }
    const auto* text = std::get_if<std::string>(&value);
    double number = 0;
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(number) ? std::optional(number)
                                                                                  : std::nullopt;
}

std::optional<ChargeMode> mode_of(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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

Checked check_mode(const topics::CommandValue& value) {
    const auto* word = std::get_if<std::string>(&value);
    const auto mode = word != nullptr ? mode_of(*word) : std::nullopt;
    if (!mode) {
        return tl::unexpected("expected one of off now night eco solar excess plan price, got " +
                              in_words(value));
    }
    return std::string(topics::to_word(*mode));
}

Checked check_current(const topics::CommandValue& value, double least_a, double most_a, bool zero_too) {
    const auto current_a = number_of(value);
    const bool ok =
        current_a && ((*current_a >= least_a && *current_a <= most_a) || (zero_too && *current_a == 0));
    if (!ok) {
        return tl::unexpected("expected " + std::string(zero_too ? "0 or " : "") + "a current from " +
                              amperes(least_a) + " to " + amperes(most_a) + ", got " + in_words(value));
    }
    return *current_a + 0.0;  // no -0
}

Checked check_power(const topics::CommandValue& value, double most_w) {
    const auto power_w = number_of(value);
    if (!power_w || *power_w < 0 || *power_w > most_w) {
        return tl::unexpected("expected a power from 0 to " + in_words(most_w) + " W, got " +
                              in_words(value));
    }
    return *power_w + 0.0;  // no -0
}

Checked check_priority(const topics::CommandValue& value) {
    const auto number = number_of(value);
    if (!number || *number < 1 || *number > kLowestPriority || *number != std::floor(*number)) {
        return tl::unexpected("expected a whole number from 1 (the most important) to " +
                              std::to_string(kLowestPriority) + ", got " + in_words(value));
    }
    return *number;
}

Checked check_switch(const topics::CommandValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag;
    }
    const auto word = in_words(value);
    for (const auto& on : {"true", "on", "ON", "1"}) {
        if (word == on) {
            return true;
        }
    }
    for (const auto& off : {"false", "off", "OFF", "0"}) {
        if (word == off) {
            return false;
        }
    }
    return tl::unexpected("expected true or false, got " + word);
}

Checked check_evse(const std::string& setting, const topics::CommandValue& value,
                   const CommandLimits::Evse& evse, const Overrides& overrides) {
    if (setting == "mode") {
        auto mode = check_mode(value);
        if (mode == topics::CommandValue(std::string("night")) && !evse.has_night) {
            return tl::unexpected("the site file has no night windows for " + evse.id);
        }
        return mode;
    }
    if (setting == "max_current_a" || setting == "plan_current_a") {
        return check_current(value, evse.min_current_a, evse.max_current_a, true);
    }
    if (setting == "min_current_a") {
        const auto* max = overrides.find(evse.id, "max_current_a");
        const double max_a =
            (max != nullptr ? number_of(max->value) : std::nullopt).value_or(evse.max_current_a);
        return check_current(value, evse.min_current_a, std::max(evse.min_current_a, max_a), false);
    }
    if (setting == "priority") {
        return check_priority(value);
    }
    if (setting == "pause") {
        return check_switch(value);
    }
    return tl::unexpected(std::string(
        "no such setting; there are mode max_current_a min_current_a plan_current_a priority pause"));
}

Checked check_site(const std::string& setting, const topics::CommandValue& value, const CommandLimits& limits,
                   const Overrides& overrides) {
    if (setting == "mode") {
        for (const auto& evse : limits.evses) {
            if (auto checked = check_evse(setting, value, evse, overrides); !checked) {
                return checked;
            }
        }
        return check_mode(value);
    }
    if (setting == "grid_limit_a") {
        return check_current(value, 0, limits.main_fuse_a, false);
    }
    if (setting == "max_import_w") {
        return check_power(value, limits.max_import_w);
    }
    if (setting == "max_evse_w") {
        return check_power(value, kMostW);
    }
    return tl::unexpected(
        std::string("no such setting; there are mode grid_limit_a max_import_w max_evse_w"));
}

std::string known_evses(const CommandLimits& limits) {
    std::string text;
    for (const auto& evse : limits.evses) {
        text += " " + evse.id;
    }
    return text.empty() ? " none" : text;
}

struct Target {
    std::string evse;
    std::string setting;
};

/// What the command overrides: one setting of one EVSE or of the site, or the mode of all EVSEs.
std::vector<Target> targets(const std::string& evse, const std::string& setting,
                            const CommandLimits& limits) {
    if (!evse.empty() || setting != "mode") {
        return {{evse, setting}};
    }
    std::vector<Target> all;
    for (const auto& each : limits.evses) {
        all.push_back({each.id, setting});
    }
    return all;
}

Checked check(const std::string& evse, const std::string& setting, const topics::Command& command,
              const CommandLimits& limits, const Overrides& overrides) {
    if (evse.empty()) {
        return check_site(setting, command.value, limits, overrides);
    }
    const auto known = std::find_if(limits.evses.begin(), limits.evses.end(),
                                    [&evse](const auto& each) { return each.id == evse; });
    if (known == limits.evses.end()) {
        return tl::unexpected("no EVSE " + evse + " is controlled here; there are" + known_evses(limits));
    }
    return check_evse(setting, command.value, *known, overrides);
}

bool is_default(const topics::CommandValue& value) {
    const auto* word = std::get_if<std::string>(&value);
    return word != nullptr && *word == "default";
}

}  // namespace

Answer carry_out(const std::string& evse, const std::string& setting, const topics::Command& command,
                 topics::Timestamp utc, const CommandLimits& limits, Overrides& overrides) {
    if (command.until && *command.until <= utc) {
        return {false, setting + ": until is over: " + topics::to_rfc3339(*command.until)};
    }
    auto checked = check(evse, setting, command, limits, overrides);
    if (is_default(command.value)) {
        // Any value would do to find out whether such a setting exists.
        const bool exists = checked || checked.error().rfind("expected", 0) == 0;
        if (exists) {
            for (const auto& target : targets(evse, setting, limits)) {
                overrides.clear(target.evse, target.setting);
            }
            return {true, setting + " is as in the site file"};
        }
    }
    if (!checked) {
        return {false, setting + ": " + checked.error()};
    }
    for (const auto& target : targets(evse, setting, limits)) {
        overrides.set(target.evse, target.setting, {*checked, command.until, command.source});
    }
    const auto unit = setting.ends_with("_a") ? " A" : setting.ends_with("_w") ? " W" : "";
    return {true, setting + " is " + in_words(*checked) + unit +
                      (command.until ? " until " + topics::to_rfc3339(*command.until) : "")};
}

}  // namespace sunherd::controller
