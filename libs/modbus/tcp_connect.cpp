#include "modbus/tcp_connect.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace sunherd::modbus {

namespace {

using SteadyClock = std::chrono::steady_clock;
using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

tl::expected<AddressList, ConnectFault> resolve(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure =
        getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
    if (failure != 0) {
        return tl::unexpected(ConnectFault{
            ErrorKind::refused, std::string("the host's name can't be resolved: ") + gai_strerror(failure)});
    }
    return AddressList(found, &freeaddrinfo);
}

void set_option(int socket, int level, int option, int value) {
    // A kernel that lacks an option still connects; the reply's time-out then is the only guard.
    static_cast<void>(setsockopt(socket, level, option, &value, sizeof value));
}

void tune(int socket) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 4);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 2);
}

/// 0, or the errno that ended the wait.
int wait_connected(int socket, SteadyClock::time_point deadline) {
    pollfd waiting{socket, POLLOUT, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left.count() <= 0) {
            return ETIMEDOUT;
        }
        const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            break;
        }
        if (ready < 0 && errno != EINTR) {
            return errno;
        }
    }
    int failure = 0;
    socklen_t size = sizeof failure;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) {
        return errno;
    }
    if (failure == 0 && (waiting.revents & POLLHUP) != 0) {
        return ECONNABORTED;  // shut down by an interrupt while connecting
    }
    return failure;
}

/// 0 and connected, or an errno.
int connect_one(int socket, const addrinfo& address, SteadyClock::time_point deadline) {
    if (connect(socket, address.ai_addr, address.ai_addrlen) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS && errno != EINTR) {
        return errno;
    }
    return wait_connected(socket, deadline);
}

}  // namespace

tl::expected<int, ConnectFault> connect_tcp(const Endpoint& endpoint,
                                            const std::function<bool(int)>& opened) {
    const auto addresses = resolve(endpoint);
    if (!addresses) {
        return tl::unexpected(addresses.error());
    }
    const auto deadline = SteadyClock::now() + endpoint.timeout;
    int failure = ETIMEDOUT;
    for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
        const int socket =
            ::socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket < 0) {
            failure = errno;
            continue;
        }
        tune(socket);
        // libmodbus waits by select, which can't take higher descriptors.
        failure = socket >= FD_SETSIZE ? EMFILE : 0;
        if (failure == 0) {
            failure = opened(socket) ? connect_one(socket, *address, deadline) : ECONNABORTED;
        }
        if (failure == 0) {
            return socket;
        }
        opened(-1);
        ::close(socket);
    }
    const bool silent = failure == ETIMEDOUT || failure == EHOSTUNREACH || failure == ENETUNREACH;
    return tl::unexpected(ConnectFault{silent ? ErrorKind::silent : ErrorKind::refused,
                                       "no connection: " + std::generic_category().message(failure)});
}

}  // namespace sunherd::modbus
