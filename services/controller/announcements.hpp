#pragma once

#include "engine/decide.hpp"
#include "site_picture.hpp"
#include "topics/messages.hpp"

namespace sunherd::controller {

/// Lease of a setpoint. When the controller dies, the actuator falls back after that at the latest.
constexpr std::chrono::milliseconds kLease{10000};

/// A decision as messages; `time` and `seq` are the frame's.
topics::EvseSetpoint to_setpoint(const engine::EvseDecision& decision, std::uint64_t epoch,
                                 std::optional<topics::Timestamp> sample_time);
topics::ControlEvse to_control(const engine::EvseDecision& decision, const EvseSettings& settings,
                               const SitePicture& picture);
/// site: what the decision was about.
topics::ControlSite to_control(const engine::Decision& decision, const SitePicture& picture,
                               const engine::Site& site, const Overrides& overrides,
                               std::optional<std::chrono::milliseconds> grid_age);

/// Whether people would call it another decision, rather than the same with other numbers.
bool is_news(const topics::ControlEvse& now, const topics::ControlEvse& before);
bool is_news(const topics::ControlSite& now, const topics::ControlSite& before);

}  // namespace sunherd::controller
