#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sunherd {

/// open: somebody listens; refused: the host says that nobody does; silent: nothing came back in time.
enum class TcpState { open, refused, silent };

/// Tries to connect to one port of many hosts at once, and closes again. One state per host, in their order.
/// Blocks for at most `timeout` per 64 hosts, and for the look-up of names.
std::vector<TcpState> probe_tcp(const std::vector<std::string>& hosts, std::uint16_t port,
                                std::chrono::milliseconds timeout);

/// The IPv4 address of a host (name or address); nullopt where it has none.
std::optional<std::string> resolve_ipv4(const std::string& host);

/// All addresses from `first` to `last`, both included, at most 256; empty where that is no range.
std::vector<std::string> ipv4_range(const std::string& first, const std::string& last);

}  // namespace sunherd
