#pragma once

#include <cstdint>

namespace sunherd::bus {

/// Paho hands out no socket, so they are found among this process's open descriptors: all its TCP connections
/// to `port`. See docs/decisions/0005-mqtt-connection.md.

/// Turns Nagle's algorithm off. Without that a publish that follows the acknowledgement of a received message
/// waits for the broker's delayed ACK: 40 ms and more.
void send_without_delay(std::uint16_t port);

/// Whether something that came from there was not read yet. Without /proc: no.
bool more_waits(std::uint16_t port);

/// Ends the connection as if the peer were gone: what Paho writes next, an acknowledgement, goes nowhere.
void cut(std::uint16_t port);

}  // namespace sunherd::bus
