#include "commands.hpp"

#include "local_time.hpp"
#include "spoken.hpp"
#include "values.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::controller {
namespace {

using topics::CommandValue;
using Checked = tl::expected<CommandValue, std::string>;

constexpr double kMostW = 1e7;

struct Question {
    const std::string& evse;
    const Setting& setting;
    CommandValue value;
    std::optional<topics::Timestamp> until{};
    topics::Timestamp utc;
    const CommandLimits& limits;
};

std::string known_settings(Scope scope) {
    std::string text;
    for (const auto& each : all_settings()) {
        text += each.scope == scope ? ' ' + std::string(each.name) : "";
    }
    return text;
}

std::string known_evses(const CommandLimits& limits) {
    std::string text;
    for (const auto& evse : limits.evses) {
        text += " " + evse.id;
    }
    return text.empty() ? " none" : text;
}

double override_or(const Overrides& overrides, const std::string& evse, const char* setting,
                   double otherwise) {
    const auto* found = overrides.find(evse, setting);
    const auto* number = found != nullptr ? std::get_if<double>(&found->value) : nullptr;
    return number != nullptr ? *number : otherwise;
}

Bounds bounds_of(const Question& question, const CommandLimits::Evse* evse, const Overrides& overrides) {
    Bounds bounds{.time_zone = question.limits.time_zone, .utc = question.utc};
    switch (question.setting.kind) {
        case ValueKind::grid_current:
            bounds.most = question.limits.main_fuse_a;
            break;
        case ValueKind::import_power:
            bounds.most = question.limits.max_import_w;
            break;
        case ValueKind::power:
            bounds.most = kMostW;
            break;
        case ValueKind::current_or_zero:
            bounds.least = evse->min_current_a;
            bounds.most = evse->max_current_a;
            break;
        case ValueKind::current:
            bounds.least = evse->min_current_a;
            bounds.most = std::max(evse->min_current_a,
                                   override_or(overrides, evse->id, "max_current_a", evse->max_current_a));
            break;
        default:
            break;
    }
    return bounds;
}

/// Whether this EVSE can do it.
Checked check_evse(const Question& question, const CommandLimits::Evse& evse, const Overrides& overrides) {
    auto value = read_value(question.setting.kind, question.value, bounds_of(question, &evse, overrides));
    if (question.setting.kind == ValueKind::mode && value == CommandValue(std::string("night")) &&
        !evse.has_night) {
        return tl::unexpected("the site file has no night windows for " + evse.id);
    }
    if (question.setting.name == "restart_load_guard" && !evse.is_master) {
        return tl::unexpected(evse.id + " carries no Load Guard");
    }
    return value;
}

/// The EVSEs that it is about; none for a setting of the site itself.
std::vector<CommandLimits::Evse> evses_of(const Question& question) {
    std::vector<CommandLimits::Evse> all;
    const bool of_all = question.setting.scope == Scope::site && question.setting.kind == ValueKind::mode;
    std::ranges::copy_if(question.limits.evses, std::back_inserter(all),
                         [&](const auto& each) { return of_all || each.id == question.evse; });
    return all;
}

Checked check(const Question& question, const Overrides& overrides) {
    const auto evses = evses_of(question);
    if (evses.empty()) {
        return read_value(question.setting.kind, question.value, bounds_of(question, nullptr, overrides));
    }
    Checked value;
    for (const auto& evse : evses) {
        value = check_evse(question, evse, overrides);
        if (!value) {
            break;
        }
    }
    return value;
}

Answer end_override(const Question& question, Overrides& overrides) {
    const std::string name(question.setting.name);
    if (question.setting.kind == ValueKind::press) {
        return {false, name + ": expected press, got default"};
    }
    if (question.setting.kind == ValueKind::nothing) {
        overrides.clear_all(question.evse);
        return {true, question.evse.empty() ? "no overrides are left"
                                            : "no overrides of " + question.evse + " are left"};
    }
    const auto evses = evses_of(question);
    for (const auto& evse : evses) {
        overrides.clear(evse.id, name);
    }
    if (evses.empty()) {
        overrides.clear("", name);
    }
    return {true, name + " is as in the site file"};
}

Answer put_in_force(const Question& question, const CommandValue& value,
                    const std::optional<std::string>& source, Overrides& overrides) {
    const std::string name(question.setting.name);
    auto until = question.until;
    std::string said = in_words(value) + std::string(unit_of(question.setting.kind));
    if (question.setting.kind == ValueKind::time) {
        until = topics::parse_rfc3339(std::get<std::string>(value));  // it is over by itself
        said = in_local_time(*until, question.limits.time_zone, question.utc);
    }
    const auto evses = evses_of(question);
    for (const auto& evse : evses) {
        overrides.set(evse.id, name, {value, until, source});
        if (value == CommandValue(std::string("off"))) {  // of whoever asked for an energy before
            overrides.clear(evse.id, std::string(kTargetEnergy));
        }
    }
    if (evses.empty()) {
        overrides.set("", name, {value, until, source});
    }
    const bool tells_end = until && question.setting.kind != ValueKind::time;
    return {true,
            name + " is " + said +
                (tells_end ? " until " + in_local_time(*until, question.limits.time_zone, question.utc) : ""),
            until};
}

/// Takes the end out of a bare value, and `for_s` for an `until`.
tl::expected<void, std::string> understand_end(const topics::Command& command, Question& question) {
    if (command.for_s) {
        if (command.until || !(*command.for_s > 0) || *command.for_s > 366 * 86400.0) {
            return tl::unexpected(
                std::string("expected either until, or for_s of more than 0 and at most a year"));
        }
        question.until =
            question.utc + std::chrono::milliseconds(std::llround(std::ceil(*command.for_s * 1000)));
    }
    const auto* text = std::get_if<std::string>(&command.value);
    if (text == nullptr || question.until) {
        return {};
    }
    const auto spoken = take_apart(*text);
    if (spoken.span) {
        question.until = question.utc + *spoken.span;
    } else if (spoken.until) {
        question.until = parse_moment(*spoken.until, question.limits.time_zone, question.utc);
        if (!question.until) {
            return tl::unexpected("expected a time of day (22:00) or a moment (RFC 3339) after until, got " +
                                  spoken.until->substr(0, 64));
        }
    }
    question.value = spoken.value;
    return {};
}

Answer answer(Question& question, const topics::Command& command, Overrides& overrides) {
    const std::string name(question.setting.name);
    if (const auto understood = understand_end(command, question); !understood) {
        return {false, name + ": " + understood.error()};
    }
    if (question.until && *question.until <= question.utc) {
        return {false, name + ": until is over: " + topics::to_rfc3339(*question.until)};
    }
    if (is_default(question.setting.kind, question.value)) {
        return end_override(question, overrides);
    }
    const auto checked = check(question, overrides);
    if (!checked) {
        return {false, name + ": " + checked.error()};
    }
    if (question.setting.kind == ValueKind::press) {
        return {.accepted = true, .text = name + " is under way", .pressed = &question.setting};
    }
    if (question.setting.kind == ValueKind::energy && std::get<double>(*checked) == 0) {
        return end_override(question, overrides);
    }
    return put_in_force(question, *checked, command.source, overrides);
}

}  // namespace

Answer carry_out(const std::string& evse, const std::string& setting, const topics::Command& command,
                 topics::Timestamp utc, const CommandLimits& limits, Overrides& overrides) {
    const auto scope = evse.empty() ? Scope::site : Scope::evse;
    const auto is_it = [&evse](const auto& each) { return each.id == evse; };
    if (scope == Scope::evse && std::ranges::none_of(limits.evses, is_it)) {
        return {false,
                setting + ": no EVSE " + evse + " is controlled here; there are" + known_evses(limits)};
    }
    const auto* known = find_setting(scope, setting);
    if (known == nullptr) {
        return {false, setting + ": no such setting; there are" + known_settings(scope)};
    }
    Question question{evse, *known, command.value, command.until, utc, limits};
    return answer(question, command, overrides);
}

}  // namespace sunherd::controller
