#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sunherd::ledger {

/// Remembers the last messages, so that one which the broker sends again (its acknowledgement was lost) is
/// taken once. Each has its time and number in it, so no two are the same.
class Taken {
  public:
    /// More than the broker has under way at once (`max_inflight_messages`).
    static constexpr std::size_t kRemembered = 512;

    /// False: it was taken before.
    bool add(std::string_view topic, std::string_view payload);
    std::string to_text() const;
    static Taken from_text(std::string_view text);

  private:
    bool add(std::uint64_t key);
    std::deque<std::uint64_t> order_;
    std::unordered_set<std::uint64_t> keys_;
};

}  // namespace sunherd::ledger
