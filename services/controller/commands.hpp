#pragma once

#include "overrides.hpp"

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
    };
    std::vector<Evse> evses;  ///< those we control
    double main_fuse_a = 0;
    double max_import_w = 1e7;  ///< of the site file
};

struct Answer {
    bool accepted = false;
    std::string text;  ///< what is in force now, or why not
};

/// Carries out `evse/{evse}/set/{setting}`, or `set/{setting}` where `evse` is empty: changes `overrides` if
/// it may. The value `default` ends an override.
///
/// EVSE: mode, max_current_a, min_current_a, plan_current_a, priority, pause. Site: mode (of all EVSEs),
/// grid_limit_a, max_import_w, max_evse_w.
Answer carry_out(const std::string& evse, const std::string& setting, const topics::Command& command,
                 topics::Timestamp utc, const CommandLimits& limits, Overrides& overrides);

}  // namespace sunherd::controller
