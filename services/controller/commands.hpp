#pragma once

#include "overrides.hpp"
#include "settings.hpp"

#include <optional>
#include <string>
#include <vector>

/// What people may ask of the controller, and what becomes of it. Pure.
namespace sunherd::controller {

/// The limits a command must keep to.
struct CommandLimits {
    struct Evse {
        std::string id;
        double min_current_a = 6;
        double max_current_a = 16;
        bool has_night = false;  ///< the site file has night windows for it
        bool is_master = false;  ///< carries a Load Guard
    };
    std::vector<Evse> evses;  ///< those we control
    double main_fuse_a = 0;
    double max_import_w = 1e7;  ///< of the site file
    std::string time_zone = "UTC";
};

struct Answer {
    bool accepted = false;
    std::string text;                          ///< what is in force now, or why not
    std::optional<topics::Timestamp> until{};  ///< as it was understood
    const Setting* pressed = nullptr;          ///< a button that is to have its effect
};

/// Carries out `evse/{evse}/set/{setting}`, or `set/{setting}` where `evse` is empty: changes `overrides` if
/// it may. The value `default` ends an override, of the setting `overrides` all (of the EVSE, or of the whole
/// site). A bare word may carry its own end: `now for 2 h`, `16 A until 22:00`.
Answer carry_out(const std::string& evse, const std::string& setting, const topics::Command& command,
                 topics::Timestamp utc, const CommandLimits& limits, Overrides& overrides);

}  // namespace sunherd::controller
