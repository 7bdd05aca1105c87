#include "bus/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>

namespace sunherd::bus {
namespace {

/// 0 where the descriptor is no TCP connection.
std::uint16_t peer_port(int descriptor) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    // NOLINTBEGIN: the socket interface wants these casts.
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
        return 0;
    }
    if (peer.ss_family == AF_INET) {
        return ntohs(reinterpret_cast<const sockaddr_in*>(&peer)->sin_port);
    }
    return peer.ss_family == AF_INET6 ? ntohs(reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_port) : 0;
    // NOLINTEND
}

template <class Action>
void for_each_socket(std::uint16_t port, const Action& action) {
    std::error_code unreadable;
    const std::filesystem::directory_iterator end;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", unreadable); !unreadable && entry != end;
         entry.increment(unreadable)) {
        const int descriptor = std::atoi(entry->path().filename().c_str());
        if (peer_port(descriptor) == port) {
            action(descriptor);
        }
    }
}

}  // namespace

void send_without_delay(std::uint16_t port) {  // without /proc it stays slow, nothing worse
    for_each_socket(port, [](int descriptor) {
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    });
}

bool more_waits(std::uint16_t port) {
    bool some = false;
    for_each_socket(port, [&some](int descriptor) {
        int bytes = 0;
        some = (ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes > 0) || some;
    });
    return some;
}

void cut(std::uint16_t port) {
    for_each_socket(port, [](int descriptor) { shutdown(descriptor, SHUT_RDWR); });
}

}  // namespace sunherd::bus
