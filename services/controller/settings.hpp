#pragma once

#include <span>
#include <string_view>

/// What people may set: every command there is. `proto-topics/schemas/settings.schema.json` documents the
/// values.
namespace sunherd::controller {

enum class Scope { site, evse };

/// What a command's value means, and so how it is read.
enum class ValueKind {
    mode,
    ems_state,
    battery_mode,
    current,          ///< within the EVSE's range
    current_or_zero,  ///< also 0
    grid_current,     ///< at most the main fuse
    import_power,     ///< at most the site file's
    power,
    energy,
    percent,
    price,
    priority,
    flag,
    time,     ///< of day, by the site's clocks, or RFC 3339
    press,    ///< a button: nothing stays in force
    nothing,  ///< only `default`, which ends overrides
};

struct Setting {
    Scope scope;
    std::string_view name;
    ValueKind kind;
};

std::span<const Setting> all_settings();
/// nullptr where there is none.
const Setting* find_setting(Scope scope, std::string_view name);
/// ` A`, ` W` …; empty where there is none.
std::string_view unit_of(ValueKind kind);

}  // namespace sunherd::controller
