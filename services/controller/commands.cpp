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
    std::vector<const CommandLimits::Evse*> targets;  ///< the EVSEs it is about; nullptr: the site itself
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
                                   number_or(overrides.find(evse->id, "max_current_a"), evse->max_current_a));
            break;
        default:
            break;
    }
    return bounds;
}

/// Whether this EVSE, or the site, can do it.
Checked check_for(const CommandLimits::Evse* evse, const Question& question, const Overrides& overrides) {
    auto value = read_value(question.setting.kind, question.value, bounds_of(question, evse, overrides));
    if (evse == nullptr) {
        return value;
    }
    if (question.setting.kind == ValueKind::mode && value == CommandValue(std::string("night")) &&
        !evse->has_night) {
        return tl::unexpected("the site file has no night windows for " + evse->id);
    }
    if (question.setting.name == "restart_load_guard" && !evse->is_master) {
        return tl::unexpected(evse->id + " carries no Load Guard");
    }
    return value;
}

std::vector<const CommandLimits::Evse*> targets_of(const std::string& evse, const Setting& setting,
                                                   const CommandLimits& limits) {
    if (setting.scope == Scope::site && setting.kind != ValueKind::mode) {
        return {nullptr};
    }
    std::vector<const CommandLimits::Evse*> all;
    for (const auto& each : limits.evses) {
        if (evse.empty() || each.id == evse) {
            all.push_back(&each);
        }
    }
    return all;
}

std::string id_of(const CommandLimits::Evse* target) {
    return target != nullptr ? target->id : std::string();
}

Checked check(const Question& question, const Overrides& overrides) {
    if (question.targets.empty()) {  // a mode for all, and there is none
        return read_value(question.setting.kind, question.value, {});
    }
    Checked value;
    for (const auto* target : question.targets) {
        value = check_for(target, question, overrides);
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
    for (const auto* target : question.targets) {
        overrides.clear(id_of(target), name);
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
    for (const auto* target : question.targets) {
        overrides.set(id_of(target), name, {value, until, source});
        if (value == CommandValue(std::string("off"))) {  // of whoever asked for an energy before
            overrides.clear(id_of(target), std::string(kTargetEnergy));
        }
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
    if (scope == Scope::evse &&
        std::ranges::find(limits.evses, evse, &CommandLimits::Evse::id) == limits.evses.end()) {
        return {false,
                setting + ": no EVSE " + evse + " is controlled here; there are" + known_evses(limits)};
    }
    const auto* known = find_setting(scope, setting);
    if (known == nullptr) {
        return {false, setting + ": no such setting; there are" + known_settings(scope)};
    }
    Question question{evse, *known, targets_of(evse, *known, limits), command.value, command.until,
                      utc,  limits};
    return answer(question, command, overrides);
}

}  // namespace sunherd::controller
