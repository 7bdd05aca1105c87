#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace sunherd::bus {

/// Pauses between tries: between `first` and twice that, doubling up to `longest`, each drawn at random from
/// its upper half, so that services which lost the same broker don't return in step. Computes times; whoever
/// uses it waits.
class Backoff {
  public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest, std::uint32_t seed)
        : first_(first), longest_(longest), whole_(first * 2), random_(seed) {}

    std::chrono::milliseconds next() {
        std::uniform_int_distribution<std::int64_t> between((whole_ / 2).count(), whole_.count());
        const std::chrono::milliseconds pause(between(random_));
        whole_ = std::min(whole_ * 2, longest_);
        return pause;
    }
    void reset() { whole_ = first_ * 2; }

  private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds whole_;
    std::mt19937 random_;
};

}  // namespace sunherd::bus
