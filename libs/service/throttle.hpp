#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace sunherd::service {

/// Says the same thing once per period and counts how often it was swallowed. Remembers at most 1000 things;
/// more are treated as one.
class Throttle {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kMaxKeys = 1000;

    explicit Throttle(std::chrono::seconds period) : period_(period) {}

    /// What to do with `key` now: absent = swallow it; else say it, with the number swallowed since the last
    /// time.
    std::optional<std::uint64_t> admit(const std::string& key, Time now);

  private:
    struct Said {
        Time last;
        std::uint64_t swallowed = 0;
    };
    std::chrono::seconds period_;
    std::unordered_map<std::string, Said> said_;
};

}  // namespace sunherd::service
