#include "actuated_evse.hpp"

#include "devices/writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sunherd::actuator {
namespace {

using topics::ApplyResult;
using topics::Severity;

/// Etrel's own code: the current is too high. See docs/devices.md.
constexpr int kCurrentTooHigh = 12;
constexpr double kHighestA = 1000;  ///< of the contract
constexpr std::chrono::seconds kWaitForWord{2};
constexpr std::chrono::seconds kAnswerAgainAfter{1};
constexpr std::chrono::seconds kSayAgainAfter{60};
constexpr std::chrono::seconds kEffectiveFor{10};
constexpr std::chrono::seconds kSaneReaction{60};

double milliseconds(std::chrono::steady_clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// Not all exceptions say that the device does not want the value: 4 failure, 5 and 6 busy, 10 and 11 a
/// gateway's.
bool is_refusal(const modbus::Error& error) {
    const bool later =
        (error.exception >= 4 && error.exception <= 6) || error.exception == 10 || error.exception == 11;
    return error.kind == modbus::ErrorKind::exception && !later;
}

std::string amperes(double current_a) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f A", current_a);
    return text;
}

}  // namespace

ActuatedEvse::ActuatedEvse(service::Context& context, std::string id, Limits limits, double start_current_a,
                           std::chrono::seconds refresh)
    : context_(context),
      id_(std::move(id)),
      refresh_(refresh),
      lease_(limits, start_current_a),
      plan_(refresh),
      answers_(kAnswerAgainAfter),
      complaints_(kSayAgainAfter),
      begins_at_(context.clock().now() + (start_current_a > 0 ? kWaitForWord : std::chrono::seconds(0))) {
    context_.status().device_waiting(id_);
}

void ActuatedEvse::set_target(WriteTarget target) {
    target_ = std::move(target);
    ++target_number_;
    plan_ = WritePlan(refresh_);
    obedience_ = {};
    pursue();
}

void ActuatedEvse::take(const topics::EvseSetpoint& setpoint, Moment received, Reign& reign) {
    if (const auto taken = lease_.take(setpoint, received, context_.clock().now(), reign); !taken) {
        ignore(setpoint, reign, taken.error());
        return;
    }
    begins_at_ = Moment::min();
    pursue();
}

void ActuatedEvse::ignore(const topics::EvseSetpoint& setpoint, const Reign& reign, const std::string& why) {
    const auto now = context_.clock().now();
    context_.status().count("setpoints_ignored");
    if (!answers_.admit(why, now)) {
        return;
    }
    topics::EvseApplied applied;
    applied.result = ApplyResult::ignored;
    applied.current_a = std::clamp(setpoint.current_a, 0.0, kHighestA);
    applied.setpoint_seq = setpoint.seq;
    applied.epoch = reign.epoch;  // what a controller has to rise above
    applied.reason = why;
    context_.publish(context_.names().evse_applied(id_), applied);
    if (complaints_.admit(why, now)) {
        context_.event(Severity::warning, "setpoint_ignored", id_ + ": a setpoint is not taken: " + why, id_);
    }
}

void ActuatedEvse::observe(const topics::ControlEvse& control) {
    if (lease_.ends_at()) {
        return;  // its setpoints say it better
    }
    const bool off = control.mode == topics::ChargeMode::off;
    lease_.lower_start(off ? 0 : control.target_current_a);
    begins_at_ = Moment::min();
    pursue();
}

void ActuatedEvse::observe(const topics::EvseState& state, bool retained) {
    if (retained || !state.target_current_a || std::abs(*state.target_current_a) > kHighestA) {
        return;
    }
    const auto now = context_.clock().now();
    effective_a_ = std::max(0.0, *state.target_current_a);
    effective_at_ = now;
    const auto verdict = obedience_.observe(*effective_a_, now);
    if (verdict == Obedience::Verdict::disobeys) {
        context_.event(Severity::alarm, "setpoint_not_obeyed",
                       id_ + " reports " + amperes(*effective_a_) + " in force, but was told " +
                           (plan_.written_a() ? amperes(*plan_.written_a()) : "less") +
                           "; written again. Does something else write to it?",
                       id_);
        plan_.forget();
        pursue();
    } else if (verdict == Obedience::Verdict::obeys_again) {
        context_.event(Severity::info, "setpoint_obeyed", id_ + " keeps to its setpoint again", id_);
    }
}

void ActuatedEvse::tell_change_of_lease(const Order& order) {
    if (order.fallback && lease_.ends_at() && !lease_over_) {
        context_.event(Severity::warning, "lease_over",
                       id_ + ": no new setpoint in time; it gets its fallback of " + amperes(order.current_a),
                       id_);
        lease_over_ = true;
    } else if (!order.fallback && lease_over_) {
        context_.event(Severity::info, "lease_back", id_ + " follows the controller again", id_);
        lease_over_ = false;
    }
}

void ActuatedEvse::pursue() {
    const auto now = context_.clock().now();
    const Order order = lease_.order(now);
    tell_change_of_lease(order);
    if (!target_.writer) {
        return;
    }
    if (now < begins_at_) {
        wake_at(begins_at_);
        return;
    }
    if (plan_.is_due(order.current_a, now)) {
        begin({order, plan_.is_written(order.current_a), target_number_});
    }
    auto next = plan_.next_at(order.current_a);
    if (order.until) {
        next = std::min(next.value_or(*order.until), *order.until);
    }
    wake_at(next);
}

void ActuatedEvse::wake_at(std::optional<Moment> when) {
    if (timer_) {
        context_.loop().cancel(*timer_);
        timer_.reset();
    }
    if (when) {
        timer_ = context_.loop().at(*when, [this] {
            timer_.reset();
            pursue();
        });
    }
}

std::function<ActuatedEvse::Outcome(modbus::WriteConnection&)> ActuatedEvse::writing(double current_a) const {
    return [current_a, profile = target_.profile, connector = target_.connector,
            &clock = context_.clock()](modbus::WriteConnection& connection) {
        const auto begin = clock.now();
        auto result = devices::make_evse_writer(profile, connection, connector)->write_current(current_a);
        return Outcome{std::move(result), clock.now() - begin};
    };
}

void ActuatedEvse::begin(const Write& write) {
    plan_.began(write.order.current_a);
    target_.writer->post([this, write, job = writing(write.order.current_a), &clock = context_.clock(),
                          &loop = context_.loop()](modbus::WriteConnection& connection) {
        // It may have waited, and the process may have stood still.
        std::optional<Outcome> outcome;
        if (write.order.holds(clock.now())) {
            outcome = job(connection);
        }
        loop.post([this, write, outcome = std::move(outcome)] { finish(write, outcome); });
    });
}

topics::EvseApplied ActuatedEvse::applied_for(const Order& order, const Outcome& outcome) const {
    topics::EvseApplied applied;
    applied.time = context_.clock().utc();
    applied.current_a = order.current_a;
    applied.write_ms = milliseconds(outcome.took);
    if (order.setpoint) {
        applied.setpoint_seq = order.setpoint->seq;
        applied.epoch = order.setpoint->epoch;
        applied.sample_time = order.setpoint->sample_time;
    }
    if (effective_a_ && context_.clock().now() - effective_at_ < kEffectiveFor) {
        applied.effective_current_a = effective_a_;
    }
    if (outcome.result) {
        applied.result = order.fallback ? ApplyResult::fallback : ApplyResult::written;
    } else {
        applied.result = is_refusal(outcome.result.error()) ? ApplyResult::rejected : ApplyResult::failed;
        applied.reason = outcome.result.error().text;
    }
    return applied;
}

void ActuatedEvse::finish(const Write& write, const std::optional<Outcome>& outcome) {
    if (write.target_number != target_number_) {
        return;
    }
    if (!outcome) {
        plan_.abandoned();
        pursue();
        return;
    }
    auto applied = applied_for(write.order, *outcome);
    if (applied.result == ApplyResult::written) {
        applied.result = write.refresh ? ApplyResult::refreshed : ApplyResult::written;
        const auto reaction = applied.sample_time ? applied.time - *applied.sample_time : kSaneReaction;
        if (!write.refresh && reaction >= std::chrono::milliseconds(0) && reaction < kSaneReaction) {
            applied.reaction_ms = static_cast<double>(reaction.count());
        }
    }
    note(write, outcome->result);
    context_.publish(context_.names().evse_applied(id_), applied);
    pursue();
}

void ActuatedEvse::note(const Write& write, const modbus::Result<void>& result) {
    const auto now = context_.clock().now();
    const double current_a = write.order.current_a;
    obedience_.wrote(current_a, now);
    if (result) {
        plan_.succeeded(now);
        context_.status().device_ok(id_);
        if (refusal_.accepted(current_a) == Refusal::Verdict::ends) {
            context_.event(Severity::info, "setpoint_accepted", id_ + " takes " + amperes(current_a), id_);
        }
        return;
    }
    const modbus::Error& error = result.error();
    const bool too_high = error.exception == kCurrentTooHigh;
    too_high ? plan_.rejected(now) : plan_.failed(now);
    context_.status().device_failed(id_, error.kind != modbus::ErrorKind::exception, error.text);
    if (is_refusal(error) && refusal_.refused(current_a) == Refusal::Verdict::begins) {
        context_.event(Severity::warning, "setpoint_rejected",
                       id_ + " refuses " + amperes(current_a) +
                           (too_high ? " as too high; lower its max_current_a: " : ": ") + error.text,
                       id_);
    }
}

void ActuatedEvse::fall_back_for_good() {
    lease_.end();
    wake_at(std::nullopt);
    if (!target_.writer || context_.clock().now() < begins_at_) {
        return;
    }
    const auto task = std::make_shared<std::packaged_task<Outcome(modbus::WriteConnection&)>>(
        writing(lease_.order(context_.clock().now()).current_a));
    last_ = task->get_future();
    target_.writer->post([task](modbus::WriteConnection& connection) { (*task)(connection); });
}

void ActuatedEvse::report_last() {
    if (!last_.valid()) {
        return;
    }
    const Order order = lease_.order(context_.clock().now());
    if (last_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
        context_.publish(context_.names().evse_applied(id_), applied_for(order, last_.get()));
        return;
    }
    topics::EvseApplied applied;
    applied.result = ApplyResult::failed;
    applied.current_a = order.current_a;
    applied.reason = "no answer before the actuator had to stop";
    context_.publish(context_.names().evse_applied(id_), applied);
}

}  // namespace sunherd::actuator
