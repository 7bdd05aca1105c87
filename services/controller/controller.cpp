#include "controller.hpp"

#include "reign.hpp"

#include <algorithm>

namespace sunherd::controller {
namespace {

using namespace std::chrono_literals;

/// So long after the start a higher epoch is our own, from before the state directory was lost, not
/// another's.
constexpr auto kComingToPower = 10s;

constexpr auto kCutOffAgain = 61s;

}  // namespace

Controller::Controller(service::Context& context)
    : context_(context),
      picture_(context.site()),
      desk_(context, {.limits = [this] { return picture_.command_limits(); },
                      .changed = [this] { decide(); },
                      .press = [this](const auto& evse, auto setting) { return press(evse, setting); }}),
      started_(context.clock().now()) {
    rise_above(0);
    subscribe();
    context_.loop().every(1s, [this] {
        desk_.tick();
        decide();
    });
}

void Controller::subscribe() {
    using topics::Kind;
    const auto latest = bus::QoS::at_most_once;
    context_.on<topics::GridReading>(
        Kind::grid,
        [this](const auto&, const auto& reading, const auto& raw) {
            picture_.take(reading, raw);
            ready_ = ready_ || !raw.retained;
            decide();
        },
        latest);
    context_.on<topics::PvReading>(
        Kind::pv,
        [this](const auto& topic, const auto& m, const auto& raw) { picture_.take_pv(topic.id, m, raw); },
        latest);
    context_.on<topics::BatteryReading>(
        Kind::battery,
        [this](const auto& topic, const auto& m, const auto& raw) {
            picture_.take_battery(topic.id, m, raw);
        },
        latest);
    context_.on<topics::MeterReading>(
        Kind::meter,
        [this](const auto& topic, const auto& m, const auto& raw) { picture_.take_meter(topic.id, m, raw); },
        latest);
    context_.on<topics::EvseState>(
        Kind::evse_state,
        [this](const auto& topic, const auto& state, const auto& raw) {
            const bool news = picture_.take_state(topic.id, state, raw);
            if (!raw.retained) {
                count_energy(topic.id, state, raw.received);
            }
            if (news) {
                decide();
            }
        },
        latest);
    context_.on<topics::TariffNow>(
        Kind::tariff_now,
        [this](const auto& topic, const auto& now, const auto&) { picture_.take_tariff(topic.id, now); },
        latest);
    context_.on<topics::VehicleState>(
        Kind::vehicle_state,
        [this](const auto& topic, const auto& state, const auto&) { picture_.take_vehicle(topic.id, state); },
        latest);
    context_.on<topics::EvseInfo>(
        Kind::evse_info,
        [this](const auto& topic, const auto& info, const auto&) {
            if (picture_.adopt(topic.id, info)) {
                context_.event(topics::Severity::info, "evse_adopted",
                               topic.id + " is controlled from now on", topic.id);
            }
        },
        bus::QoS::at_least_once);
    context_.on<topics::EvseApplied>(
        Kind::evse_applied,
        [this](const auto& topic, const auto& applied, const auto& raw) {
            take_applied(topic.id, applied, raw);
        },
        bus::QoS::at_least_once);
}

void Controller::take_applied(const std::string& id, const topics::EvseApplied& applied,
                              const bus::Incoming& raw) {
    picture_.take_applied(id, applied, raw);
    if (applied.epoch && *applied.epoch < topics::kEpochsEnd) {
        epoch_seen_ = std::max(epoch_seen_, *applied.epoch);
    }
    if (applied.epoch.value_or(0) <= epoch_ || *applied.epoch >= topics::kEpochsEnd) {
        return;
    }
    if (context_.clock().now() - started_ < kComingToPower) {
        rise_above(*applied.epoch);
    } else if (!succeeded_) {
        succeeded_ = true;
        context_.event(topics::Severity::alarm, "second_controller",
                       "another controller steers this site (its epoch " + std::to_string(*applied.epoch) +
                           " is above ours); stop one of the two");
    }
}

void Controller::count_energy(const std::string& evse, const topics::EvseState& state, Moment received) {
    if (const double energy_wh = energy_.take(evse, state, received); energy_wh > 0) {
        desk_.charged(evse, energy_wh);
    }
    if (energy_.has_left(evse, state)) {
        desk_.car_left(evse);
    }
}

std::string Controller::press(const std::string& evse, std::string_view button) {
    if (button != "clear_fault") {
        topics::ActionRequest request;
        request.action =
            button == "restart_evse" ? topics::Action::restart_evse : topics::Action::restart_load_guard;
        request.reason = "somebody asked for it";
        context_.publish(context_.names().action_request(evse), std::move(request));
        return "the actuator is asked; what becomes of it comes on " +
               std::string(context_.names().relative(context_.names().action_applied(evse).name));
    }
    if (evse.empty()) {
        succeeded_ = false;
        rise_above(epoch_seen_);
        decide();
        return "this controller takes over the site anew";
    }
    engine::forget_pauses(decision_.memory, evse);
    decide();
    return "it may start again at once, however often it was started or stopped before";
}

void Controller::rise_above(std::uint64_t epoch) {
    const auto reign = begin_reign(context_.state_dir(), context_.clock().utc(), epoch);
    epoch_ = reign.epoch;
    if (!reign.trouble.empty()) {
        context_.event(topics::Severity::warning, "epoch_not_saved", reign.trouble);
    }
}

void Controller::decide() {
    const auto now = context_.clock().now();
    const auto before = decision_.ems_state;
    const auto site = picture_.at(now, context_.clock().utc(), desk_.overrides());
    engine::decide(site, decision_);
    publish(now, site);
    tell_change_of_state(before);
    plan_wake_up();
}

void Controller::plan_wake_up() {
    if (wake_up_) {
        context_.loop().cancel(*wake_up_);
        wake_up_.reset();
    }
    if (decision_.wake_at) {
        wake_up_ = context_.loop().at(Moment(*decision_.wake_at + 1ms), [this] {
            wake_up_.reset();
            decide();
        });
    }
}

void Controller::publish(Moment now, const engine::Site& site) {
    const auto& names = context_.names();
    for (const auto& decision : decision_.evses) {
        if (ready_) {
            publish_setpoint(decision, now);
        }
        if (decision.cut_off && ready_) {
            cut_off(decision.id, now);
        }
    }
    for (const auto& decision : decision_.evses) {
        const auto evse = std::find_if(picture_.evses().begin(), picture_.evses().end(),
                                       [&](const auto& each) { return each.id == decision.id; });
        announce(names.control_evse(decision.id),
                 to_control(decision, picture_.settings(*evse, context_.clock().utc(), desk_.overrides()),
                            picture_),
                 now, evse_controls_);
    }
    announce(names.control_site(), to_control(decision_, picture_, site, desk_.overrides(), grid_age(now)),
             now, site_control_);
}

/// Again while it lasts: the actuator takes one action a minute.
void Controller::cut_off(const std::string& evse, Moment now) {
    const auto last = cut_off_.find(evse);
    if (last != cut_off_.end() && now - last->second < kCutOffAgain) {
        return;
    }
    cut_off_[evse] = now;
    topics::ActionRequest request;
    request.action = topics::Action::stop_charging;
    request.reason = evse + " draws more than it was told while a fuse is overloaded";
    context_.event(topics::Severity::alarm, "evse_cut_off", request.reason + "; its session is ended", evse);
    context_.publish(context_.names().action_request(evse), std::move(request));
}

void Controller::publish_setpoint(const engine::EvseDecision& decision, Moment now) {
    // Without fresh readings there is none that it rests on.
    const bool knows = decision_.ems_state != topics::EmsState::fault;
    const auto setpoint = to_setpoint(decision, epoch_, knows ? picture_.grid_time() : std::nullopt);
    const auto last = setpoints_.find(decision.id);
    const bool same = last != setpoints_.end() && last->second.message.current_a == setpoint.current_a &&
                      last->second.message.fallback_current_a == setpoint.fallback_current_a &&
                      last->second.message.phases == setpoint.phases &&
                      last->second.message.epoch == setpoint.epoch;
    if (same && now - last->second.at < kRepeat) {
        return;
    }
    context_.publish(context_.names().evse_setpoint(decision.id), setpoint);
    setpoints_.insert_or_assign(decision.id, Said<topics::EvseSetpoint>{setpoint, now});
}

template <class M>
void Controller::announce(const topics::Topic<M>& topic, const M& message, Moment now,
                          std::map<std::string, Said<M>>& said) {
    const auto last = said.find(topic.name);
    if (last != said.end()) {
        const auto age = now - last->second.at;
        const bool due = is_news(message, last->second.message) || age >= kAnnounce ||
                         (age >= kNumbers && !(message == last->second.message));
        if (!due) {
            return;
        }
    }
    context_.publish(topic, message);
    said.insert_or_assign(topic.name, Said<M>{message, now});
}

void Controller::tell_change_of_state(topics::EmsState before) {
    using enum topics::EmsState;
    if (before != fault && decision_.ems_state == fault) {
        context_.event(
            topics::Severity::alarm, "grid_lost",
            "no fresh reading of the grid: until there is one, no EVSE gets more than its fallback current");
    } else if (before == fault && decision_.ems_state != fault) {
        context_.event(topics::Severity::info, "grid_known", "the grid is known: EVSEs get what there is");
    }
}

std::optional<std::chrono::milliseconds> Controller::grid_age(Moment now) const {
    const auto received = picture_.grid_received();
    return received ? std::optional(std::chrono::duration_cast<std::chrono::milliseconds>(now - *received))
                    : std::nullopt;
}

}  // namespace sunherd::controller
