#pragma once

#include <string>

namespace sunherd::site {

/// Of IPv4 or IPv6, without brackets and port.
bool is_address(const std::string& text);
/// Of this machine alone.
bool is_loopback(const std::string& text);

}  // namespace sunherd::site
