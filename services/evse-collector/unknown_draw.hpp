#pragma once

#include <optional>

namespace sunherd {

/// Notices that something charges in the master's cluster that is none of the EVSEs we read. Pure.
class UnknownDraw {
  public:
    /// Less is the difference between two moments of reading; the least a car charges with is 6 A on one
    /// phase.
    static constexpr double kNoticedAboveA = 3;
    /// Cars change their current; what stays that long is another EVSE.
    static constexpr int kPollsToBelieve = 3;

    /// `cluster_a`: all phases of all EVSEs of the cluster; `known_a`: of those we read, absent while that is
    /// not known of each. True once for each time it begins.
    bool begins(double cluster_a, std::optional<double> known_a) {
        if (!known_a) {
            return false;
        }
        polls_ = cluster_a - *known_a > kNoticedAboveA ? polls_ + 1 : 0;
        return polls_ == kPollsToBelieve;
    }

  private:
    int polls_ = 0;
};

}  // namespace sunherd
