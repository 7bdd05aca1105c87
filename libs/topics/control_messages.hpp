#pragma once

#include "topics/enums.hpp"
#include "topics/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Messages of what people want and of what the controller makes of it; see messages.hpp.
namespace sunherd::topics {

/// Why a decision is as it is: a code for machines, a sentence for people, and what binds.
struct Reason {
    std::string code;
    std::string text;  ///< English
    std::optional<std::string> text_de;
    std::optional<std::string> circuit;  ///< the fuse that binds
    std::optional<std::string> phase;    ///< L1, L2 or L3
    std::optional<double> limit_a;
    std::optional<double> over_by_a;
    std::optional<std::string> next;  ///< what will change it, in words

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("code", m.code);
        field("text", m.text);
        field("text_de", m.text_de);
        field("circuit", m.circuit);
        field("phase", m.phase);
        field("limit_a", m.limit_a);
        field("over_by_a", m.over_by_a);
        field("next", m.next);
    }
    bool operator==(const Reason&) const = default;
};

/// `control/site`: how the controller sees the site.
struct ControlSite {
    Timestamp time{};
    std::uint64_t seq = 0;
    EmsState ems_state = EmsState::ok;
    Reason reason;
    std::optional<double> grid_age_ms;  ///< age of the grid reading the decision rests on
    std::optional<double> surplus_w;    ///< what would leave the site if the EVSEs drew nothing
    std::optional<double> house_w;
    std::optional<double> pv_w;
    std::optional<double> battery_w;
    std::optional<double> evse_w;
    double fuse_a = 0;     ///< limit in force per phase
    bool standby = false;  ///< somebody wants all EVSEs to rest
    BatteryMode battery_mode = BatteryMode::automatic;
    std::optional<double> max_import_w{};  ///< limits in force, where there are any
    std::optional<double> max_evse_w{};

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("ems_state", m.ems_state);
        field("reason", m.reason);
        field("grid_age_ms", m.grid_age_ms);
        field("surplus_w", m.surplus_w);
        field("house_w", m.house_w);
        field("pv_w", m.pv_w);
        field("battery_w", m.battery_w);
        field("evse_w", m.evse_w);
        field("fuse_a", m.fuse_a);
        field("standby", m.standby);
        field("battery_mode", m.battery_mode);
        field("max_import_w", m.max_import_w);
        field("max_evse_w", m.max_evse_w);
    }
    bool operator==(const ControlSite&) const = default;
};

/// `control/evse/{id}`: what the controller wants of an EVSE, and why.
struct ControlEvse {
    Timestamp time{};
    std::uint64_t seq = 0;
    ChargeMode mode = ChargeMode::off;
    int priority = 1;
    bool enabled = true;        ///< false: as in mode `off`, whatever the mode
    bool paused = false;        ///< by a command, for a while
    bool grid_charging = true;  ///< false: only what the sun gives, whatever the mode
    double min_current_a = 0;   ///< these two in force, after overrides
    double max_current_a = 0;
    double target_current_a = 0;                  ///< 0 = pause
    std::optional<double> target_energy_wh{};     ///< still to be charged, at once or by `departure`
    std::optional<double> target_soc_pct{};       ///< no more than that
    std::optional<double> price_limit_per_kwh{};  ///< mode `price` charges up to that
    std::optional<Timestamp> departure{};
    std::optional<Timestamp> charge_from{};  ///< the latest moment to begin, for `departure`
    Reason reason;
    std::optional<std::string> overridden_by;  ///< who set an override, where one is in force

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("mode", m.mode);
        field("priority", m.priority);
        field("enabled", m.enabled);
        field("paused", m.paused);
        field("grid_charging", m.grid_charging);
        field("min_current_a", m.min_current_a);
        field("max_current_a", m.max_current_a);
        field("target_current_a", m.target_current_a);
        field("target_energy_wh", m.target_energy_wh);
        field("target_soc_pct", m.target_soc_pct);
        field("price_limit_per_kwh", m.price_limit_per_kwh);
        field("departure", m.departure);
        field("charge_from", m.charge_from);
        field("reason", m.reason);
        field("overridden_by", m.overridden_by);
    }
    bool operator==(const ControlEvse&) const = default;
};

using CommandValue = std::variant<bool, double, std::string>;

/// `set/{name}` and `evse/{id}/set/{name}`, from people and their tools: a bare value (`solar`, `16`) or an
/// object. See decode_command in codec.hpp.
struct Command {
    CommandValue value;
    std::optional<std::string> id;      ///< comes back in the result
    std::optional<Timestamp> until;     ///< the override ends then by itself …
    std::optional<double> for_s{};      ///< … or so long after it came
    std::optional<std::string> source;  ///< who asks

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("value", m.value);
        field("id", m.id);
        field("until", m.until);
        field("for_s", m.for_s);
        field("source", m.source);
    }
    bool operator==(const Command&) const = default;
};

/// `command/result`: what became of a command.
struct CommandResult {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::string command;  ///< e.g. `evse/garage/set/mode`
    bool accepted = false;
    std::string text;  ///< what is in force now, or why not
    std::optional<std::string> id;
    std::optional<Timestamp> until;
    std::optional<std::string> source;  ///< who asked, where that was said

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("command", m.command);
        field("accepted", m.accepted);
        field("text", m.text);
        field("id", m.id);
        field("until", m.until);
        field("source", m.source);
    }
    bool operator==(const CommandResult&) const = default;
};

/// One setting that a person wants otherwise than the site file.
struct OverrideInForce {
    std::optional<std::string> evse;  ///< absent: of the site
    std::string setting;              ///< the command's name
    CommandValue value;               ///< of `target_energy_wh`: what is still to be charged
    std::optional<Timestamp> until;
    std::optional<std::string> source;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("evse", m.evse);
        field("setting", m.setting);
        field("value", m.value);
        field("until", m.until);
        field("source", m.source);
    }
    bool operator==(const OverrideInForce&) const = default;
};

/// `control/overrides`: all that are in force.
struct ControlOverrides {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::vector<OverrideInForce> overrides;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("overrides", m.overrides);
    }
    bool operator==(const ControlOverrides&) const = default;
};

}  // namespace sunherd::topics
