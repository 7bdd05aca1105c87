#pragma once

#include "engine/site.hpp"

#include <algorithm>

namespace sunherd::engine {

/// When something happened last, for what may happen no more than so often in an hour.
class HourLog {
  public:
    static constexpr int kMost = 12;  ///< that are remembered

    void note(Instant now) {
        std::rotate(at_.begin(), at_.end() - 1, at_.end());
        at_.front() = now;
        count_ = std::min(count_ + 1, kMost);
    }
    void forget() { count_ = 0; }
    int count() const { return count_; }

    /// When it may happen again, if it may `most` times (1 to kMost) in an hour; absent: it has not yet.
    std::optional<Instant> again_at(int most) const {
        return count_ >= most ? std::optional(at_.at(static_cast<std::size_t>(most - 1)) + Instant(3'600'000))
                              : std::nullopt;
    }

  private:
    std::array<Instant, kMost> at_{};  ///< the newest first
    int count_ = 0;
};

}  // namespace sunherd::engine
