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
    control.enabled = settings.enabled;
    control.paused = settings.paused;
    control.grid_charging = settings.grid_charging;
    control.min_current_a = settings.min_current_a;
    control.max_current_a = settings.max_current_a;
    control.target_current_a = decision.target_a;
    control.target_energy_wh = settings.target_energy_wh;
    control.target_soc_pct = settings.target_soc_pct;
    control.price_limit_per_kwh = settings.price_limit_per_kwh;
    control.departure = settings.departure;
    control.charge_from = settings.charge_from;
    control.reason = to_message(decision.reason, picture);
    control.overridden_by = settings.overridden_by;
    return control;
}

topics::ControlSite to_control(const engine::Decision& decision, const SitePicture& picture,
                               const engine::Site& site, const Overrides& overrides,
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
    control.fuse_a = site.circuits.front().limit_a;
    control.battery_mode = controller::battery_mode(overrides);
    control.standby = is_standby(overrides);
    control.max_import_w = site.max_import_w;
    control.max_evse_w = site.max_evse_w;
    return control;
}

bool is_news(const topics::ControlEvse& now, const topics::ControlEvse& before) {
    auto same = now;  // but for numbers that follow from what happens
    same.seq = before.seq;
    same.time = before.time;
    same.charge_from = before.charge_from;
    if (now.reason.code == before.reason.code) {
        same.reason = before.reason;
    }
    return !(same == before);
}

bool is_news(const topics::ControlSite& now, const topics::ControlSite& before) {
    return now.ems_state != before.ems_state || now.reason.code != before.reason.code ||
           now.fuse_a != before.fuse_a || now.battery_mode != before.battery_mode ||
           now.standby != before.standby || now.max_import_w != before.max_import_w ||
           now.max_evse_w != before.max_evse_w;
}

}  // namespace sunherd::controller
