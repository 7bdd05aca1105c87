#pragma once

#include "polling/schedule.hpp"

#include <cstdint>
#include <optional>

namespace sunherd::polling {

/// Notices a device that repeats itself: real measurements always differ in the last bits, so registers that
/// stay bit-identical for longer than `frozen_after` are an old copy and not believed until one of them
/// changes.
class FrozenGuard {
  public:
    /// 0 believes everything.
    explicit FrozenGuard(milliseconds frozen_after) : frozen_after_(frozen_after) {}

    /// Whether the reading taken at `at` with this fingerprint of its registers is to be believed.
    bool believes(std::uint64_t fingerprint, TimePoint at) {
        if (!last_ || *last_ != fingerprint) {
            last_ = fingerprint;
            since_ = at;
        }
        return frozen_after_.count() == 0 || at - since_ <= frozen_after_;
    }
    /// Forgets: what comes next is new. For readings that may well stand still, e.g. an inverter at night.
    void reset() { last_.reset(); }

  private:
    milliseconds frozen_after_;
    std::optional<std::uint64_t> last_;
    TimePoint since_{};
};

}  // namespace sunherd::polling
