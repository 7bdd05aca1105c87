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
    bool repeated = false;  ///< not published just now: told again after a connect, see Incoming::retained
};

/// What must survive the loss of a connection or of the broker's store: the last message of each retained
/// topic, and the queue of messages that are to be kept until the broker has them. Bookkeeping only; not
/// thread-safe.
class Outbox {
  public:
    static constexpr std::size_t kMaxRetainedTopics = 2000;
    static constexpr std::size_t kMaxQueued = 1000;

    /// Numbers the message. A retained one replaces its topic's older one, one to `keep` joins the queue
    /// (oldest dropped when full). `remembered`: it waits here until `hand_out` gives it, or is sent at once
    /// (`sent_at_once`).
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

    /// Some remembered message waits to be handed out; those that follow wait behind it.
    bool waiting() const { return waiting_; }
    /// The newest message went out without waiting.
    void sent_at_once() { handed_out_ = last_number_; }
    void sent_later() { waiting_ = true; }
    /// The next ones to send, in the order of publishing.
    std::vector<Outgoing> hand_out(std::size_t most);
    /// A new connection: all that the broker has not taken is to be handed out again. `everything`: also what
    /// it had taken of retained topics, because it may have lost its store.
    void reconnected(bool everything);

    void count_dropped(std::uint64_t number) { dropped_ += number; }
    std::uint64_t dropped() const { return dropped_; }

  private:
    struct Last {
        Outgoing message;
        bool done = false;
    };
    std::unordered_map<std::string, Last> retained_;
    std::map<std::uint64_t, Outgoing> queue_;
    std::uint64_t last_number_ = 0;
    std::uint64_t handed_out_ = 0;      // up to this number, on this connection
    std::uint64_t before_connect_ = 0;  // up to this number
    bool waiting_ = false;
    std::uint64_t dropped_ = 0;
};

}  // namespace sunherd::bus
