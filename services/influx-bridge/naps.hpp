#pragma once

#include <chrono>
#include <functional>

namespace sunherd::influx {

/// When the bus's thread takes a nap after a message, so that the next ones come together: at 1,000 a second,
/// waking up for each costs more than all else. Only behind a message for which it had to wait, and never
/// while another one waits to be read: on a busy processor a message may take so long that it looks alone,
/// and a nap behind each would let the rest queue up. Where so many come that the broker would have to wait
/// for our acknowledgements (max_inflight_messages), there is none for a while.
class Naps {
  public:
    using Steady = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds kNap{30};

    /// Of a message that was just taken. `more_waits`: whether something of the broker's waits to be read.
    bool due(Steady::time_point now, const std::function<bool()>& more_waits);
    /// The thread goes back for the next one.
    void went_back(Steady::time_point now) { went_back_ = now; }

  private:
    Steady::time_point went_back_{};
    Steady::time_point awake_until_{};
    int in_a_row_ = 0;
};

}  // namespace sunherd::influx
