#include "lease.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sunherd::actuator {
namespace {

constexpr std::chrono::milliseconds kFreeze{2500};
constexpr std::chrono::milliseconds kThaw{1000};

std::string amperes(double current_a) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f A", current_a);
    return text;
}

}  // namespace

bool Limits::allow(double current_a) const {
    return std::isfinite(current_a) &&
           (current_a == 0 || (current_a >= min_current_a && current_a <= max_current_a));
}

tl::expected<void, std::string> Lease::check(const topics::EvseSetpoint& setpoint, const Reign& reign) const {
    if (setpoint.epoch >= topics::kEpochsEnd) {
        return tl::unexpected("epoch " + std::to_string(setpoint.epoch) + " is none that a controller has");
    }
    if (setpoint.epoch < reign.epoch) {
        return tl::unexpected("epoch " + std::to_string(setpoint.epoch) +
                              " is over: the controller in force has " + std::to_string(reign.epoch));
    }
    if (setpoint_ && setpoint.epoch == setpoint_->epoch && setpoint.seq <= setpoint_->seq) {
        return tl::unexpected(std::string("its seq is not above that of the setpoint in force"));
    }
    if (!limits_.allow(setpoint.current_a)) {
        return tl::unexpected(amperes(setpoint.current_a) + " is neither 0 nor from " +
                              amperes(limits_.min_current_a) + " to " + amperes(limits_.max_current_a));
    }
    if (!limits_.allow(setpoint.fallback_current_a)) {
        return tl::unexpected("fallback of " + amperes(setpoint.fallback_current_a) + " is out of range");
    }
    if (setpoint.phases && *setpoint.phases != limits_.phases) {
        return tl::unexpected("the EVSE can't switch to " + std::to_string(*setpoint.phases) + " phases");
    }
    if (setpoint.ttl_ms <= 0) {
        return tl::unexpected(std::string("its ttl_ms is not above 0"));
    }
    return {};
}

tl::expected<void, std::string> Lease::take(const topics::EvseSetpoint& setpoint, Moment received, Moment now,
                                            Reign& reign) {
    if (auto right = check(setpoint, reign); !right) {
        return right;
    }
    const Moment end = received + std::min(kLongestLease, std::chrono::milliseconds(setpoint.ttl_ms));
    if (end <= now) {
        return tl::unexpected(std::string("its lease was over before it could be acted upon"));
    }
    reign.epoch = setpoint.epoch;
    setpoint_ = setpoint;
    fallback_a_ = setpoint.fallback_current_a;
    ends_at_ = end;
    return {};
}

void Lease::lower_start(double most_a) {
    if (!setpoint_ && most_a < fallback_a_) {
        fallback_a_ = limits_.allow(most_a) ? most_a : 0;
    }
}

Order Lease::order(Moment now) const {
    if (ends_at_ && now < *ends_at_) {
        return {setpoint_->current_a, false, setpoint_, ends_at_};
    }
    return {fallback_a_, true, std::nullopt, std::nullopt};
}

bool FreezeGuard::is_thawing(Moment now) {
    if (last_ && now - *last_ > kFreeze) {
        thawed_ = now;
    }
    last_ = now;
    return thawed_ && now - *thawed_ < kThaw;
}

}  // namespace sunherd::actuator
