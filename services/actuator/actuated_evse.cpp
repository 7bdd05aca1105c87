#include "actuated_evse.hpp"

#include "devices/writer.hpp"

#include <algorithm>
#include <cstdio>

namespace sunherd::actuator {
namespace {

using topics::ApplyResult;
using topics::Severity;

/// Etrel's own code: the current is too high. See docs/devices.md.
constexpr int kCurrentTooHigh = 12;
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
    : context_(context), id_(std::move(id)), lease_(limits, start_current_a), plan_(refresh) {
    context_.status().device_waiting(id_);
}

void ActuatedEvse::set_target(WriteTarget target) {
    target_ = std::move(target);
    plan_.forget();
    pursue();
}

void ActuatedEvse::take(const topics::EvseSetpoint& setpoint, Moment received, Reign& reign) {
    if (const auto taken = lease_.take(setpoint, received, context_.clock().now(), reign); !taken) {
        ignore(setpoint, taken.error());
        return;
    }
    pursue();
}

void ActuatedEvse::ignore(const topics::EvseSetpoint& setpoint, const std::string& why) {
    context_.status().count("setpoints_ignored");
    topics::EvseApplied applied;
    applied.result = ApplyResult::ignored;
    applied.current_a = std::max(0.0, setpoint.current_a);
    applied.setpoint_seq = setpoint.seq;
    applied.epoch = setpoint.epoch;
    applied.reason = why;
    context_.publish(context_.names().evse_applied(id_), applied);
}

void ActuatedEvse::observe(const topics::EvseState& state, bool retained) {
    if (retained || !state.target_current_a) {
        return;
    }
    const auto now = context_.clock().now();
    effective_a_ = state.target_current_a;
    effective_at_ = now;
    if (!plan_.written_a() || plan_.is_writing()) {
        return;
    }
    const auto verdict = obedience_.observe(*plan_.written_a(), *effective_a_, now);
    if (verdict == Obedience::Verdict::disobeys) {
        context_.event(Severity::alarm, "setpoint_not_obeyed",
                       id_ + " reports " + amperes(*effective_a_) + " in force, but was told " +
                           amperes(*plan_.written_a()) + "; written again. Does something else write to it?",
                       id_);
        plan_.forget();
        pursue();
    } else if (verdict == Obedience::Verdict::obeys_again) {
        context_.event(Severity::info, "setpoint_obeyed", id_ + " keeps to its setpoint again", id_);
    }
}

void ActuatedEvse::pursue() {
    const auto now = context_.clock().now();
    const Order order = lease_.order(now);
    if (order.fallback != in_fallback_ && lease_.ends_at()) {
        context_.event(order.fallback ? Severity::warning : Severity::info,
                       order.fallback ? "lease_over" : "lease_back",
                       order.fallback ? id_ + ": no setpoint in time, fallback of " + amperes(order.current_a)
                                      : id_ + " follows the controller again",
                       id_);
    }
    in_fallback_ = order.fallback;
    if (target_.writer && plan_.is_due(order.current_a, now)) {
        write(order, plan_.is_written(order.current_a));
    }
    auto next = target_.writer ? plan_.next_at(order.current_a) : std::nullopt;
    if (!order.fallback) {
        next = std::min(next.value_or(*lease_.ends_at()), *lease_.ends_at());
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

void ActuatedEvse::write(const Order& order, bool refresh) {
    plan_.began(order.current_a);
    target_.writer->post([this, order, refresh, profile = target_.profile, connector = target_.connector,
                          &loop = context_.loop()](modbus::WriteConnection& connection) {
        const auto begin = std::chrono::steady_clock::now();
        const auto writer = devices::make_evse_writer(profile, connection, connector);
        Outcome outcome{writer->write_current(order.current_a), std::chrono::steady_clock::now() - begin};
        loop.post([this, order, refresh, outcome = std::move(outcome)] { finish(order, refresh, outcome); });
    });
}

topics::EvseApplied ActuatedEvse::applied_for(const Order& order) const {
    topics::EvseApplied applied;
    applied.time = context_.clock().utc();
    applied.current_a = order.current_a;
    if (order.setpoint) {
        applied.setpoint_seq = order.setpoint->seq;
        applied.epoch = order.setpoint->epoch;
        applied.sample_time = order.setpoint->sample_time;
    }
    if (effective_a_ && context_.clock().now() - effective_at_ < kEffectiveFor) {
        applied.effective_current_a = effective_a_;
    }
    return applied;
}

void ActuatedEvse::judge(const Outcome& outcome, topics::EvseApplied& applied) {
    applied.write_ms = milliseconds(outcome.took);
    if (outcome.result) {
        return;
    }
    const modbus::Error& error = outcome.result.error();
    const bool rejected = is_refusal(error);
    applied.result = rejected ? ApplyResult::rejected : ApplyResult::failed;
    applied.reason = error.text;
}

void ActuatedEvse::finish(const Order& order, bool refresh, const Outcome& outcome) {
    const auto now = context_.clock().now();
    auto applied = applied_for(order);
    applied.result = order.fallback ? ApplyResult::fallback
                     : refresh      ? ApplyResult::refreshed
                                    : ApplyResult::written;
    judge(outcome, applied);
    if (outcome.result) {
        plan_.succeeded(now);
        context_.status().device_ok(id_);
        const auto reaction = applied.sample_time ? applied.time - *applied.sample_time : kSaneReaction;
        if (!refresh && reaction >= std::chrono::milliseconds(0) && reaction < kSaneReaction) {
            applied.reaction_ms = static_cast<double>(reaction.count());
        }
    } else {
        const modbus::Error& error = outcome.result.error();
        const bool rejected = applied.result == ApplyResult::rejected;
        rejected ? plan_.rejected(now) : plan_.failed(now);
        context_.status().device_failed(id_, !rejected, error.text);
        if (rejected) {
            context_.event(
                Severity::warning, "setpoint_rejected",
                id_ + " refuses " + amperes(order.current_a) +
                    (error.exception == kCurrentTooHigh ? " as too high; lower its max_current_a: " : ": ") +
                    error.text,
                id_);
        }
    }
    context_.publish(context_.names().evse_applied(id_), applied);
    pursue();
}

void ActuatedEvse::fall_back_for_good() {
    lease_.end();
    wake_at(std::nullopt);
    if (!target_.writer) {
        return;
    }
    last_ = std::make_shared<std::optional<Outcome>>();
    const Order order = lease_.order(context_.clock().now());
    target_.writer->post([order, last = last_, profile = target_.profile,
                          connector = target_.connector](modbus::WriteConnection& connection) {
        const auto begin = std::chrono::steady_clock::now();
        auto result =
            devices::make_evse_writer(profile, connection, connector)->write_current(order.current_a);
        last->emplace(Outcome{std::move(result), std::chrono::steady_clock::now() - begin});
    });
}

void ActuatedEvse::report_last() {
    if (!last_) {
        return;
    }
    auto applied = applied_for(lease_.order(context_.clock().now()));
    applied.result = ApplyResult::fallback;
    if (*last_) {
        judge(**last_, applied);
    } else {
        applied.result = ApplyResult::failed;
        applied.reason = "no answer before the actuator had to stop";
    }
    context_.publish(context_.names().evse_applied(id_), applied);
}

}  // namespace sunherd::actuator
