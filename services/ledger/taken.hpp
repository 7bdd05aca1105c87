#pragma once

#include "topics/timestamp.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sunherd::ledger {

/// Remembers what was taken, so that what the broker sends again (its acknowledgement was lost, or it was
/// killed after it gave out what had waited for hours) is taken once.
class Taken {
  public:
    /// Words: events and results of commands. Each has its time and number in it, so no two are the same.
    static constexpr std::size_t kRemembered = 256;
    /// Topics of readings; who may publish may name them.
    static constexpr std::size_t kMostTopics = 1000;
    /// After so many that are refused in a row (hours of readings) it is the publisher that has begun anew,
    /// with a clock that was set back.
    static constexpr int kMostRefused = 10'000;

    /// A word. False: it was taken before.
    bool add(std::string_view topic, std::string_view payload);
    /// A reading. False: neither its time nor its number is newer than that of the last one of its topic. A
    /// publisher that begins to count anew has a newer time; one whose clock is set back goes on counting.
    bool add(std::string_view topic, topics::Timestamp time, std::uint64_t seq);
    std::string to_text() const;
    static Taken from_text(std::string_view text);

  private:
    struct Last {
        topics::Timestamp time{};
        std::uint64_t seq = 0;
        int refused = 0;
    };
    bool add(std::uint64_t key);
    std::deque<std::uint64_t> order_;
    std::unordered_set<std::uint64_t> keys_;
    std::map<std::string, Last, std::less<>> last_;
};

}  // namespace sunherd::ledger
