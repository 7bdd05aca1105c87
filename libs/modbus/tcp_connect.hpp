#pragma once

#include "modbus/connection.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <string>

namespace sunherd::modbus {

/// Why no connection came about; `text` without the endpoint.
struct ConnectFault {
    ErrorKind kind = ErrorKind::refused;
    std::string text;
};

/// Resolves the host and connects to the first of its addresses that answers; one time-out for all of them.
/// (The system's resolver has a time-out of its own; addresses in figures need none.) The socket has
/// TCP_NODELAY and a keepalive that finds a half-open connection within 10 s. `opened` hears of each socket
/// before it connects, and -1 when that one failed: shutting it down ends the wait. Returns the socket, whose
/// owner is the caller.
tl::expected<int, ConnectFault> connect_tcp(const Endpoint& endpoint, const std::function<bool(int)>& opened);

}  // namespace sunherd::modbus
