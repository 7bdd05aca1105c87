#include "site/addresses.hpp"

#include <arpa/inet.h>

namespace sunherd::site {

bool is_address(const std::string& text) {
    in6_addr room{};
    return inet_pton(AF_INET, text.c_str(), &room) == 1 || inet_pton(AF_INET6, text.c_str(), &room) == 1;
}

bool is_loopback(const std::string& text) {
    return is_address(text) && (text.starts_with("127.") || text == "::1");
}

}  // namespace sunherd::site
