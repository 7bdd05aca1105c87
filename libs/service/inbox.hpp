#pragma once

#include "bus/bus.hpp"
#include "topics/names.hpp"

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace sunherd::service {

/// Received messages on their way from Paho's thread to the loop. Of a state topic (one the broker retains)
/// only the newest waits; commands, setpoints, actions and events all do. Bounded: the oldest goes and is
/// counted.
class Inbox {
  public:
    static constexpr std::size_t kMaxMessages = 10000;
    static constexpr std::size_t kMaxBytes = std::size_t{32} * 1024 * 1024;

    struct Item {
        std::optional<topics::Parsed>
            topic;  ///< absent: a filter of ours matched, but it is no topic of ours
        bus::Incoming raw;
        bool too_large = false;  ///< it was, and waits without its payload
    };

    /// True: nobody is on the way to fetch, so somebody must be sent to `pop` until it gives nothing.
    bool push(Item item);
    std::optional<Item> pop();
    std::uint64_t dropped() const;

  private:
    using Waiting = std::list<Item>;
    void remove(Waiting::iterator item);

    mutable std::mutex mutex_;
    Waiting waiting_;
    std::unordered_map<std::string, Waiting::iterator> newest_;  // of state topics
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
    bool fetching_ = false;
};

}  // namespace sunherd::service
