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
      desk_(
          context, [this] { return picture_.command_limits(); }, [this] { decide(); }),
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
            if (picture_.take_state(topic.id, state, raw)) {
                decide();
            }
        },
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
    engine::decide(picture_.at(now, context_.clock().utc(), desk_.overrides()), decision_);
    publish(now);
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

void Controller::publish(Moment now) {
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
                 to_control(decision, picture_.settings(*evse, desk_.overrides()), picture_), now,
                 evse_controls_);
    }
    announce(names.control_site(),
             to_control(decision_, picture_, picture_.grid_limit_a(desk_.overrides()), grid_age(now)), now,
             site_control_);
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
