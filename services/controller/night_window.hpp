#pragma once

#include "site/site.hpp"
#include "topics/timestamp.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sunherd::controller {

/// A night window that is open.
struct OpenWindow {
    std::optional<double> max_current_a;
};

/// The window of `windows` that is open at `utc` by the clocks of `time_zone` (IANA, one that exists). A
/// window begins the first time and ends the last time that clocks show its ends, so one over the hour that
/// comes twice is an hour longer; one within the hour that is left out does not open that night. Of several
/// open ones the first.
std::optional<OpenWindow> open_window(const std::vector<site::TimeWindow>& windows,
                                      const std::string& time_zone, topics::Timestamp utc);

}  // namespace sunherd::controller
