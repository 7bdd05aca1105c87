#include "account.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace sunherd::testing {
namespace {

// MQTT 5.0 (OASIS), control packets and their first bytes.
constexpr unsigned char kConnect = 0x10;
constexpr unsigned char kConnack = 0x20;
constexpr unsigned char kPublish = 0x30;
constexpr unsigned char kPublishOnce = 0x32;  ///< QoS 1
constexpr unsigned char kPuback = 0x40;
constexpr unsigned char kSubscribe = 0x82;
constexpr unsigned char kSuback = 0x90;
constexpr char kRefused = static_cast<char>(0x80);
constexpr char kAccount = static_cast<char>(0xC2);  ///< user, password, clean start
constexpr char kNobody = 0x02;

struct Packet {
    unsigned char kind = 0;
    std::string body;
};

std::string two_bytes(std::size_t value) {
    return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

std::string text(const std::string& value) {
    return two_bytes(value.size()) + value;
}

std::string packet(unsigned char kind, const std::string& body) {
    std::string bytes(1, static_cast<char>(kind));
    auto left = body.size();
    do {
        const auto digit = left & 0x7fU;
        left >>= 7U;
        bytes += static_cast<char>(digit | (left > 0 ? 0x80U : 0U));
    } while (left > 0);
    return bytes + body;
}

}  // namespace

struct Account::Impl {
    explicit Impl(Options given) : options(std::move(given)) {}
    ~Impl() { close(socket); }

    void connect() {
        close(socket);
        socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        const int yes = 1;
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // NOLINTNEXTLINE: the socket interface is made so
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
            throw std::runtime_error("no broker there");
        }
        std::string body =
            text("MQTT") + '\5' + (options.user.empty() ? kNobody : kAccount) + two_bytes(60) + '\0';
        body += text(options.client_id);
        if (!options.user.empty()) {
            body += text(options.user) + text(options.password);
        }
        send(packet(kConnect, body));
        const auto answer = receive();
        if (!answer || answer->kind != kConnack || answer->body.size() < 2 || answer->body[1] != 0) {
            throw std::runtime_error("the broker refuses " + options.user);
        }
        for (const auto& filter : filters) {
            await_answer(kSuback, subscribe(filter));
        }
    }

    bool send(const std::string& bytes) const {
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) {
                return false;
            }
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }

    std::optional<std::string> read(std::size_t count) const {
        std::string bytes(count, '\0');
        std::size_t got = 0;
        while (got < count) {
            const auto more = ::recv(socket, bytes.data() + got, count - got, 0);
            if (more <= 0) {
                return std::nullopt;
            }
            got += static_cast<std::size_t>(more);
        }
        return bytes;
    }

    std::optional<Packet> receive() const {
        const auto kind = read(1);
        std::size_t length = 0;
        for (unsigned shift = 0; kind && shift < 28; shift += 7) {
            const auto digit = read(1);
            if (!digit) {
                return std::nullopt;
            }
            const auto value = static_cast<unsigned char>((*digit)[0]);
            length |= static_cast<std::size_t>(value & 0x7fU) << shift;
            if ((value & 0x80U) == 0) {
                break;
            }
        }
        const auto body = kind ? read(length) : std::nullopt;
        return body ? std::optional(Packet{static_cast<unsigned char>((*kind)[0]), *body}) : std::nullopt;
    }

    /// The answer to what we sent with that number; takes what is delivered meanwhile. Absent where the
    /// connection ends.
    std::optional<Packet> await_answer(unsigned char kind, const std::string& id) {
        while (auto packet = receive()) {
            if ((packet->kind & 0xf0U) == kPublish) {
                deliver(*packet);
            } else if (packet->kind == kind && packet->body.starts_with(id)) {
                return packet;
            }
        }
        return std::nullopt;
    }

    void deliver(const Packet& got) {
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(got.body[0])) * 256 +
                          static_cast<unsigned char>(got.body[1]);
        topics.insert(got.body.substr(2, size));
        if ((got.kind & 0x06U) != 0) {
            send(packet(kPuback, got.body.substr(2 + size, 2)));
        }
    }

    std::string next_number() {
        number = number % 65'000 + 1;
        return two_bytes(number);
    }

    std::string subscribe(const std::string& filter) {
        const auto id = next_number();
        send(packet(kSubscribe, id + '\0' + text(filter) + '\1'));
        return id;
    }

    Options options;
    int socket = -1;
    std::size_t number = 0;
    std::set<std::string> filters;
    std::set<std::string> topics;
};

Account::Account(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {
    impl_->connect();
}

Account::~Account() = default;

bool Account::publish(const std::string& topic, const std::string& payload, bool retained) {
    const auto id = impl_->next_number();
    const auto kind = static_cast<unsigned char>(kPublishOnce | (retained ? 1U : 0U));
    impl_->send(packet(kind, text(topic) + id + '\0' + payload));
    const auto answer = impl_->await_answer(kPuback, id);
    const bool taken = answer && (answer->body.size() == 2 || (answer->body[2] & kRefused) == 0);
    if (!taken) {
        impl_->connect();
    }
    return taken;
}

void Account::subscribe(const std::string& filter) {
    if (!impl_->await_answer(kSuback, impl_->subscribe(filter))) {
        throw std::runtime_error("no answer to a subscription to " + filter);
    }
    impl_->filters.insert(filter);
}

std::set<std::string> Account::received() {
    // The broker answers in order: what was delivered before is here when the answer is.
    if (!impl_->await_answer(kSuback, impl_->subscribe("round-trip"))) {
        throw std::runtime_error("the broker ended the connection");
    }
    return impl_->topics;
}

}  // namespace sunherd::testing
