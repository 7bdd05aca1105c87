#pragma once

#include <algorithm>
#include <chrono>

namespace sunherd::modbus {

/// When to try a connection again after it failed: 0.2 s, doubling up to 5 s, each ± 20 % so that many
/// clients of a device that comes back don't knock in step. Pure arithmetic: time and randomness are passed
/// in.
class BackOff {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds kFirst{200};
    static constexpr std::chrono::milliseconds kLongest{5000};

    /// `random` in 0 … 1.
    void failed(TimePoint now, double random) {
        const double factor = std::min(1.0 * kLongest / pause_, 0.8 + 0.4 * random);
        retry_at_ = now + std::chrono::duration_cast<TimePoint::duration>(pause_ * factor);
        pause_ = std::min(2 * pause_, kLongest);
    }
    void succeeded() { *this = BackOff{}; }
    bool may_try(TimePoint now) const { return now >= retry_at_; }

  private:
    std::chrono::milliseconds pause_ = kFirst;
    TimePoint retry_at_ = TimePoint::min();
};

}  // namespace sunherd::modbus
