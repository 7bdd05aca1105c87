#pragma once

#include "bus/bus.hpp"
#include "bus/outbox.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace sunherd::bus {

/// One life of a connection: connects once, and when it is lost it is of no more use. Paho keeps what it
/// could not deliver and would send a setpoint minutes late; made anew for each try it has nothing to keep.
///
/// Callbacks run on Paho's thread with Paho's global lock held: they must not wait for a thread that is in a
/// call here.
class Connection {
  public:
    struct Callbacks {
        std::function<void(bool session_present)> up;
        /// Never came up, or went down. Nothing but the destructor follows.
        std::function<void(std::string why)> down;
        /// False: it is not to be acknowledged, and the connection ends.
        std::function<bool(Incoming)> message;
        std::function<void(const std::string& topic, std::uint64_t number)> delivered;
        std::function<void(const std::string& topic, std::uint64_t number, std::string why)> refused;
        /// The connection ended before the broker answered.
        std::function<void(const std::string& topic, std::uint64_t number)> undelivered;
    };

    Connection(const Options& options, Callbacks callbacks);
    /// Says farewell where it is still up, so that the broker doesn't send the last will.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Starts connecting; `up` or `down` follows, later than the time-out where Paho's own clock is coarse.
    void connect();
    void subscribe(const std::string& filter, QoS qos, Retained retained);
    /// False: Paho would not take it.
    bool publish(const Outgoing& message);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

constexpr std::chrono::seconds kConnectTimeout{3};

}  // namespace sunherd::bus
