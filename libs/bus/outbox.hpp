#pragma once

#include "bus/bus.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace sunherd::bus {

/// A message on its way out. Numbers rise in the order of publishing.
struct Outgoing {
    std::uint64_t number = 0;
    std::string topic;
    std::string payload;
    bool retained = false;
    QoS qos = QoS::at_least_once;
};

/// What must survive the loss of a connection or of the broker's store: the last message of each retained
/// topic, and the queue of messages that are to be kept until the broker has them. Bookkeeping only; not
/// thread-safe.
class Outbox {
  public:
    static constexpr std::size_t kMaxRetainedTopics = 2000;
    static constexpr std::size_t kMaxQueued = 1000;

    /// Numbers the message. A retained one replaces its topic's older one, one to `keep` joins the queue
    /// (oldest dropped when full). `remembered` tells whether the outbox will give it out again in `unsent`.
    struct Added {
        Outgoing message;
        bool remembered = false;
    };
    Added add(std::string topic, std::string payload, bool retained, QoS qos, bool keep);

    /// The broker has taken it, or refused it for good.
    void done(const std::string& topic, std::uint64_t number);

    /// The connection ended before the broker answered: lost and counted, unless remembered or replaced by a
    /// newer one.
    void undelivered(const std::string& topic, std::uint64_t number);

    /// What goes out after a connect, in the order of publishing. `everything`: also retained messages that
    /// the broker had taken, because it may have lost its store.
    std::vector<Outgoing> unsent(bool everything) const;

    void count_dropped() { ++dropped_; }
    std::uint64_t dropped() const { return dropped_; }

  private:
    struct Last {
        Outgoing message;
        bool done = false;
    };
    std::unordered_map<std::string, Last> retained_;
    std::map<std::uint64_t, Outgoing> queue_;
    std::uint64_t last_number_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace sunherd::bus
