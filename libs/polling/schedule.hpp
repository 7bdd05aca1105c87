#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// When to poll what, as pure arithmetic: no clock, no thread.
namespace sunherd::polling {

using TimePoint = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

/// Shorter periods are taken as this one.
constexpr milliseconds kShortestPeriod{100};

/// The things polled over one connection, each on its own fixed grid: origin + offset + n × period. A late
/// poll does not shift the grid, and polls that were missed are left out, not made up for.
class Schedule {
  public:
    using Entry = std::size_t;
    struct Due {
        Entry entry = 0;
        std::uint64_t missed = 0;  ///< grid points that passed unused since the last poll
    };

    explicit Schedule(TimePoint origin) : origin_(origin) {}

    /// An urgent entry goes before others that are due as well, unless one of those is late by a whole
    /// period.
    Entry add(milliseconds period, milliseconds offset, bool urgent);
    /// The entry to poll now, if one is due; its next time is the first grid point after `now`.
    std::optional<Due> take(TimePoint now);
    /// When something is due next; nullopt when there is nothing to poll.
    std::optional<TimePoint> next() const;
    /// Leaves the entry alone until its first grid point not before `until`.
    void postpone(Entry entry, TimePoint until);

  private:
    struct Line {
        TimePoint due;
        milliseconds period;
        bool urgent;
    };
    TimePoint origin_;
    std::vector<Line> lines_;
};

/// Offset of the n-th of many things with one period, so that they do not fall on the same instant however
/// many there are (multiples of the golden ratio fill an interval evenly).
milliseconds spread(std::size_t nth, milliseconds period);

}  // namespace sunherd::polling
