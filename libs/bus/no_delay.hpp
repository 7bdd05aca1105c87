#pragma once

#include <cstdint>

namespace sunherd::bus {

/// Turns Nagle's algorithm off on this process's TCP connections to `port`. Paho neither does it nor hands
/// out its socket, so they are found among the open descriptors. Without it a publish that follows the
/// acknowledgement of a received message waits for the broker's delayed ACK: 40 ms and more. See
/// docs/decisions/0005-mqtt-connection.md.
void send_without_delay(std::uint16_t port);

}  // namespace sunherd::bus
