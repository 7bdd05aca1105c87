#include "tcp_probe.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sunherd {

namespace {

constexpr std::size_t kAtOnce = 64;
constexpr std::uint32_t kLargestRange = 256;

std::optional<in_addr> look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    const in_addr address = reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr;
    ::freeaddrinfo(found);
    return address;
}

std::string to_text(in_addr address) {
    std::string text(INET_ADDRSTRLEN, '\0');
    ::inet_ntop(AF_INET, &address, text.data(), INET_ADDRSTRLEN);
    text.resize(text.find('\0'));
    return text;
}

/// One connect under way; closes its socket.
class Attempt {
  public:
    Attempt(const std::string& host, std::uint16_t port) {
        const auto address = look_up(host);
        if (!address) {
            return;
        }
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr = *address;
        if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
            settle(fd_ < 0 ? errno : 0);
        } else if (errno != EINPROGRESS) {
            settle(errno);
        }
    }
    ~Attempt() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    Attempt(Attempt&& other) noexcept : fd_(other.fd_), state_(other.state_), settled_(other.settled_) {
        other.fd_ = -1;
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    Attempt& operator=(Attempt&&) = delete;

    /// For poll(); -1, which poll() skips, once the outcome is known.
    int waiting_fd() const { return settled_ ? -1 : fd_; }
    void finish() { settle(errno_of_socket()); }
    TcpState state() const { return state_; }

  private:
    int errno_of_socket() const {
        int error = 0;
        socklen_t size = sizeof error;
        return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
    }
    void settle(int error) {
        settled_ = true;
        state_ = error == 0 ? TcpState::open : error == ECONNREFUSED ? TcpState::refused : TcpState::silent;
    }

    int fd_ = -1;
    TcpState state_ = TcpState::silent;
    bool settled_ = false;
};

void await(std::vector<Attempt>& attempts, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::vector<pollfd> waiting(attempts.size());
    while (true) {
        std::transform(attempts.begin(), attempts.end(), waiting.begin(), [](const Attempt& attempt) {
            return pollfd{attempt.waiting_fd(), POLLOUT, 0};
        });
        const bool any =
            std::any_of(waiting.begin(), waiting.end(), [](const pollfd& p) { return p.fd >= 0; });
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (!any || left.count() <= 0 ||
            ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0) {
            return;
        }
        for (std::size_t n = 0; n < waiting.size(); ++n) {
            if (waiting[n].revents != 0) {
                attempts[n].finish();
            }
        }
    }
}

}  // namespace

std::vector<TcpState> probe_tcp(const std::vector<std::string>& hosts, std::uint16_t port,
                                std::chrono::milliseconds timeout) {
    std::vector<TcpState> states;
    states.reserve(hosts.size());
    for (std::size_t begin = 0; begin < hosts.size(); begin += kAtOnce) {
        std::vector<Attempt> attempts;
        for (std::size_t n = begin; n < std::min(begin + kAtOnce, hosts.size()); ++n) {
            attempts.emplace_back(hosts[n], port);
        }
        await(attempts, timeout);
        for (const Attempt& attempt : attempts) {
            states.push_back(attempt.state());
        }
    }
    return states;
}

std::optional<std::string> resolve_ipv4(const std::string& host) {
    const auto address = look_up(host);
    return address ? std::optional(to_text(*address)) : std::nullopt;
}

std::vector<std::string> ipv4_range(const std::string& first, const std::string& last) {
    in_addr from{};
    in_addr to{};
    if (::inet_pton(AF_INET, first.c_str(), &from) != 1 || ::inet_pton(AF_INET, last.c_str(), &to) != 1) {
        return {};
    }
    const std::uint64_t begin = ntohl(from.s_addr);
    const std::uint64_t end = std::min<std::uint64_t>(ntohl(to.s_addr), begin + kLargestRange - 1);
    std::vector<std::string> hosts;
    for (std::uint64_t address = begin; address <= end; ++address) {
        hosts.push_back(to_text({htonl(static_cast<std::uint32_t>(address))}));
    }
    return hosts;
}

}  // namespace sunherd
