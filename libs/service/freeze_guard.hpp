#pragma once

#include <chrono>
#include <optional>

namespace sunherd::service {

/// Notices that the process stood still (stopped, starved, suspended): what is received just after that may
/// be old. Pure.
class FreezeGuard {
  public:
    /// Called with everything the loop does, at least once a second. True while nothing just received can be
    /// trusted.
    bool is_thawing(std::chrono::steady_clock::time_point now) {
        constexpr std::chrono::milliseconds kFreeze{2500};
        constexpr std::chrono::milliseconds kThaw{1000};
        if (last_ && now - *last_ > kFreeze) {
            thawed_ = now;
        }
        last_ = now;
        return thawed_ && now - *thawed_ < kThaw;
    }

  private:
    std::optional<std::chrono::steady_clock::time_point> last_;
    std::optional<std::chrono::steady_clock::time_point> thawed_;
};

}  // namespace sunherd::service
