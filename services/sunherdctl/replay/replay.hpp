#pragma once

#include "replay/recording.hpp"
#include "site/site.hpp"

#include <string>
#include <vector>

namespace sunherd::ctl {

/// A setpoint that is another than the one before.
struct Change {
    std::chrono::milliseconds at{};
    std::string evse;
    double current_a = 0;
    std::string why;  ///< reason code; empty where not known
    bool operator==(const Change&) const = default;
};

/// What the controller of today decides where it hears what was recorded when it was recorded; commands in it
/// are carried out. Setpoints in it are not heard.
std::vector<Change> replay(const Recording& recording, const site::Site& site);

/// What was decided then.
std::vector<Change> decided_then(const Recording& recording);

/// A span in which an EVSE has another setpoint.
struct Difference {
    std::string evse;
    std::chrono::milliseconds from{};
    std::chrono::milliseconds to{};
    double then_a = 0;
    double now_a = 0;
    std::string why;
};
/// Those that last longer than `tolerance`, in the order of time. end: of the recording.
std::vector<Difference> differences(const std::vector<Change>& then, const std::vector<Change>& now,
                                    std::chrono::milliseconds tolerance, std::chrono::milliseconds end);

}  // namespace sunherd::ctl
