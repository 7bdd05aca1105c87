#include "announcements.hpp"

#include "engine/reason_text.hpp"

namespace sunherd::controller {
namespace {

topics::Reason to_message(const engine::Reason& reason, const SitePicture& picture) {
    const auto circuit = reason.circuit ? picture.circuit_name(*reason.circuit) : std::string();
    const auto text = engine::to_text(reason, circuit);
    topics::Reason message;
    message.code = topics::to_word(reason.code);
    message.text = text.english;
    message.text_de = text.german;
    if (reason.circuit) {
        message.circuit = circuit;
    }
    if (reason.phase) {
        message.phase = "L" + std::to_string(*reason.phase + 1);
    }
    message.limit_a = reason.limit_a;
    message.over_by_a = reason.over_by_a;
    if (!text.next.empty()) {
        message.next = text.next;
    }
    return message;
}

}  // namespace

topics::EvseSetpoint to_setpoint(const engine::EvseDecision& decision, std::uint64_t epoch,
                                 std::optional<topics::Timestamp> sample_time) {
    topics::EvseSetpoint setpoint;
    setpoint.epoch = epoch;
    setpoint.current_a = decision.target_a;
    setpoint.phases = decision.phases;
    setpoint.ttl_ms = static_cast<int>(kLease.count());
    setpoint.fallback_current_a = decision.fallback_a;
    setpoint.sample_time = sample_time;
    return setpoint;
}

topics::ControlEvse to_control(const engine::EvseDecision& decision, const EvseSettings& settings,
                               const SitePicture& picture) {
    topics::ControlEvse control;
    control.mode = settings.mode;
    control.priority = settings.priority;
    control.max_current_a = settings.max_current_a;
    control.target_current_a = decision.target_a;
    control.reason = to_message(decision.reason, picture);
    control.overridden_by = settings.overridden_by;
    return control;
}

topics::ControlSite to_control(const engine::Decision& decision, const SitePicture& picture, double fuse_a,
                               std::optional<std::chrono::milliseconds> grid_age) {
    topics::ControlSite control;
    control.ems_state = decision.ems_state;
    control.reason = to_message(decision.reason, picture);
    if (grid_age) {
        control.grid_age_ms = static_cast<double>(grid_age->count());
    }
    control.surplus_w = decision.surplus_w;
    control.house_w = decision.house_w;
    control.pv_w = decision.pv_w;
    control.battery_w = decision.battery_w;
    control.evse_w = decision.evse_w;
    control.fuse_a = fuse_a;
    return control;
}

bool is_news(const topics::ControlEvse& now, const topics::ControlEvse& before) {
    return now.mode != before.mode || now.priority != before.priority ||
           now.max_current_a != before.max_current_a || now.target_current_a != before.target_current_a ||
           now.reason.code != before.reason.code || now.overridden_by != before.overridden_by;
}

bool is_news(const topics::ControlSite& now, const topics::ControlSite& before) {
    return now.ems_state != before.ems_state || now.reason.code != before.reason.code ||
           now.fuse_a != before.fuse_a;
}

}  // namespace sunherd::controller
