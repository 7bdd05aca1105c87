#pragma once

#include "topics/messages.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace sunherd::actuator {

using Moment = std::chrono::steady_clock::time_point;

/// No lease lives longer, whatever its setpoint says.
constexpr std::chrono::milliseconds kLongestLease{60000};

/// What an EVSE may be told.
struct Limits {
    double min_current_a = 6;
    double max_current_a = 16;
    int phases = 3;

    /// 0, or from the minimum to the maximum.
    bool allow(double current_a) const;
};

/// The controller's reign: the highest epoch seen. Whoever speaks with a lower one has been succeeded.
struct Reign {
    std::uint64_t epoch = 0;
};

/// What a device is to get now, and on whose word.
struct Order {
    double current_a = 0;
    bool fallback = false;                         ///< no lease is in force
    std::optional<topics::EvseSetpoint> setpoint;  ///< the one in force
    std::optional<Moment> until;                   ///< when that ends; a fallback doesn't

    /// Whether it may still be carried out.
    bool holds(Moment now) const { return !until || now < *until; }
};

/// The right to a current, which ends by itself. Counted on the steady clock from receipt; a wall clock that
/// steps changes nothing. Pure: time is passed in.
class Lease {
  public:
    /// start_current_a: what the device gets until the first setpoint.
    Lease(Limits limits, double start_current_a) : limits_(limits), fallback_a_(start_current_a) {}

    /// Before the first setpoint: somebody who knew the user's last word gave no more than that. Never
    /// raises.
    void lower_start(double most_a);
    /// Takes a setpoint, or says why not; a refused one leaves the lease before it in force.
    tl::expected<void, std::string> take(const topics::EvseSetpoint& setpoint, Moment received, Moment now,
                                         Reign& reign);

    Order order(Moment now) const;
    /// When the lease in force ends.
    std::optional<Moment> ends_at() const { return ends_at_; }
    /// Ends the lease now.
    void end() { ends_at_.reset(); }

  private:
    tl::expected<void, std::string> check(const topics::EvseSetpoint& setpoint, const Reign& reign) const;

    Limits limits_;
    double fallback_a_;
    std::optional<topics::EvseSetpoint> setpoint_;
    std::optional<Moment> ends_at_;
};

/// Notices that the process stood still (stopped, starved, suspended): what was received just after that may
/// be old.
class FreezeGuard {
  public:
    /// Called with everything the loop does, at least every second. True while nothing just received can be
    /// trusted.
    bool is_thawing(Moment now);

  private:
    std::optional<Moment> last_;
    std::optional<Moment> thawed_;
};

}  // namespace sunherd::actuator
