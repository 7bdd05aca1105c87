#pragma once

#include "topics/codec.hpp"
#include "topics/names.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// MQTT 5 by Paho: the only place that knows it.
namespace sunherd::bus {

struct Options {
    std::string host;
    std::uint16_t port = 1883;
    std::string client_id;
    std::optional<std::string> user{};
    std::optional<std::string> password{};
    bool tls = false;
    std::optional<std::string> ca_file{};
    bool clean_session = false;  ///< true: the broker forgets us when we go (actuator)
    std::chrono::seconds keep_alive{5};
    std::string will_topic{};  ///< retained, QoS 1; empty = none
    std::string will_payload{};
};

struct Incoming {
    std::string topic;
    std::string payload;
    /// Sent because we subscribed, or because its sender came back; not because it was just published (but
    /// see Retained).
    bool retained = false;
    std::chrono::steady_clock::time_point received;
    std::string source{};  ///< the MQTT 5 user property `source`: who says so, by their own account
};

/// What the connection does. `text` is for the log: what happened, why, what to do.
struct ConnectionChange {
    bool connected = false;
    bool session_present = false;  ///< the broker still knew us: nothing was lost meanwhile
    std::string text;
};

/// Whether `Incoming::retained` also tells of a message that its sender asked the broker to retain, though it
/// was just published (MQTT 5, retain as published): for what must never be retained.
enum class Retained { tells_of_old, tells_of_all };

enum class QoS { at_most_once = 0, at_least_once = 1 };

/// Starts before its broker is there, reconnects for ever with jittered back-off (0.5 s … 5 s), subscribes
/// again after each connect. Callbacks run on threads of Paho and of the bus: hand over and return, and don't
/// call the bus from them. None runs after `stop`.
class Bus {
  public:
    /// The broker gets its acknowledgement when this has returned. False: not taken, so the broker is to keep
    /// it: the connection ends without acknowledgement, and is made again after `resume`.
    using OnMessage = std::function<bool(Incoming)>;
    using OnConnection = std::function<void(ConnectionChange)>;
    /// A publish (or subscription) the broker refused (MQTT 5 reason code), e.g. for lack of rights.
    using OnRefused = std::function<void(std::string topic, std::string why)>;

    Bus(Options options, OnMessage on_message, OnConnection on_connection, OnRefused on_refused);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    /// Remembers the filter; takes effect now or at the next connect.
    void subscribe(const std::string& filter, QoS qos, Retained retained = Retained::tells_of_old);

    void start();
    /// Publishes the last words (retained) if connected, disconnects; back within `limit` even if the broker
    /// hangs. False: a thread of ours is stuck in a call (name resolution) and was left behind, so end the
    /// process by _exit.
    bool stop(const std::string& last_topic, const std::string& last_payload,
              std::chrono::milliseconds limit);

    bool connected() const;
    /// After a message that was not taken: the broker may send it again.
    void resume();

    /// Hands the message to Paho; never blocks. While disconnected, retained topics keep their newest message
    /// and send it after the next connect; others are dropped and counted (`dropped()`), unless `keep` asks
    /// to queue them until the broker has them (at most 1000, oldest dropped). Where the broker lost its
    /// store, the last message of each retained topic (at most 2000 topics) is sent again.
    void publish_raw(const std::string& topic, const std::string& payload, bool retained, QoS qos, bool keep);

    template <class M>
    void publish(const topics::Topic<M>& topic, const M& message, bool keep = false) {
        publish_raw(topic.name, topics::encode(message), topic.retained, QoS::at_least_once, keep);
    }

    std::uint64_t dropped() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the thread that connects
    std::thread thread_;
};

}  // namespace sunherd::bus
