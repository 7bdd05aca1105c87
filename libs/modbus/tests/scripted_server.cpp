#include "modbus/tests/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace sunherd::modbus::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

std::uint16_t word_at(const Bytes& bytes, std::size_t index) {
    return static_cast<std::uint16_t>((bytes.at(index) << 8U) | bytes.at(index + 1));
}

void append(Bytes& bytes, unsigned word) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

int listen_on_loopback(std::uint16_t& port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket, generic, size) != 0 || listen(socket, 16) != 0 ||
        getsockname(socket, generic, &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "test server");
    }
    port = ntohs(address.sin_port);
    return socket;
}

bool receive_exactly(int socket, std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto received = recv(socket, bytes.data(), bytes.size(), 0);
        if (received <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(received));
    }
    return true;
}

Bytes receive_request(int socket) {
    Bytes frame(6);
    if (!receive_exactly(socket, frame)) {
        return {};
    }
    const std::size_t length = word_at(frame, 4);
    frame.resize(6 + length);
    return receive_exactly(socket, std::span(frame).subspan(6)) ? frame : Bytes{};
}

}  // namespace

ScriptedServer::ScriptedServer(Handler handler, bool close_at_once, std::uint16_t port)
    : handler_(std::move(handler)),
      close_at_once_(close_at_once),
      port_(port),
      listener_(listen_on_loopback(port_)) {
    acceptor_ = std::thread([this] { accept_clients(); });
}

ScriptedServer::~ScriptedServer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        shutdown(listener_, SHUT_RDWR);
        for (const int socket : open_) {
            shutdown(socket, SHUT_RDWR);
        }
    }
    changed_.notify_all();
    acceptor_.join();
    for (auto& session : sessions_) {
        session.join();
    }
    close(listener_);
}

void ScriptedServer::accept_clients() {
    for (;;) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        const std::lock_guard lock(mutex_);
        if (stopping_ || socket < 0) {
            if (socket >= 0) {
                close(socket);
            }
            return;
        }
        ++connections_;
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        open_.insert(socket);
        sessions_.emplace_back([this, socket] { serve(socket); });
    }
}

void ScriptedServer::serve(int socket) {
    while (!close_at_once_) {
        const Bytes request = receive_request(socket);
        if (request.empty()) {
            break;
        }
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        changed_.notify_all();
        const Reply reply = handler_(request);
        if (!send(socket, reply) || reply.then == Reply::Then::close) {
            break;
        }
        if (reply.then == Reply::Then::reset) {
            const linger at_once{1, 0};
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            break;
        }
    }
    {
        const std::lock_guard lock(mutex_);
        open_.erase(socket);
        close(socket);
    }
    changed_.notify_all();
}

bool ScriptedServer::send(int socket, const Reply& reply) {
    if (!pause(reply.delay)) {
        return false;
    }
    const std::size_t step = reply.between_bytes > 0ms ? 1 : reply.bytes.size();
    for (std::size_t at = 0; at < reply.bytes.size(); at += step) {
        if (::send(socket, reply.bytes.data() + at, step, MSG_NOSIGNAL) < 0 || !pause(reply.between_bytes)) {
            return false;
        }
    }
    return true;
}

/// False when the server ends meanwhile.
bool ScriptedServer::pause(std::chrono::milliseconds duration) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, duration, [this] { return stopping_; });
}

int ScriptedServer::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

std::vector<Bytes> ScriptedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

bool ScriptedServer::await_no_connection() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return open_.empty(); });
}

bool ScriptedServer::await_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

void RegisterMemory::set(std::uint16_t address, std::span<const std::uint16_t> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        words_[static_cast<std::uint16_t>(address + i)] = words[i];
    }
}

bool RegisterMemory::refuses(int address, int count) const {
    if (words_.empty() || address + count - 1 > words_.rbegin()->first || count > most_registers_) {
        return true;
    }
    const auto refused = refused_.lower_bound(static_cast<std::uint16_t>(address));
    return refused != refused_.end() && *refused < address + count;
}

Reply RegisterMemory::operator()(const Bytes& request) {
    constexpr int kIllegalAddress = 2;
    const int function = request.at(7);
    const std::uint16_t address = word_at(request, 8);
    const std::uint16_t argument = word_at(request, 10);
    if (function == 6 || function == 16) {
        for (std::size_t i = 0; i < (function == 6 ? 1U : argument); ++i) {
            words_[static_cast<std::uint16_t>(address + i)] =
                word_at(request, function == 6 ? 10 : 13 + 2 * i);
        }
        return {.bytes = answer(request, Bytes(request.begin() + 7, request.begin() + 12))};
    }
    if (refuses(address, argument)) {
        return {.bytes = answer_exception(request, kIllegalAddress)};
    }
    std::vector<std::uint16_t> words;
    words.reserve(argument);
    for (int i = 0; i < argument; ++i) {
        words.push_back(at(static_cast<std::uint16_t>(address + i)));
    }
    return {.bytes = answer_registers(request, words)};
}

std::uint16_t RegisterMemory::at(std::uint16_t address) const {
    const auto word = words_.find(address);
    return word == words_.end() ? 0 : word->second;
}

Bytes answer(const Bytes& request, const Bytes& pdu) {
    Bytes frame(request.begin(), request.begin() + 4);
    append(frame, static_cast<unsigned>(pdu.size() + 1));
    frame.push_back(request.at(6));
    frame.insert(frame.end(), pdu.begin(), pdu.end());
    return frame;
}

Bytes answer_registers(const Bytes& request, std::span<const std::uint16_t> words) {
    Bytes pdu{request.at(7), static_cast<std::uint8_t>(2 * words.size())};
    for (const auto word : words) {
        append(pdu, word);
    }
    return answer(request, pdu);
}

Bytes answer_exception(const Bytes& request, int code) {
    return answer(request,
                  {static_cast<std::uint8_t>(request.at(7) | 0x80U), static_cast<std::uint8_t>(code)});
}

std::uint16_t free_port() {
    std::uint16_t port = 0;
    close(listen_on_loopback(port));
    return port;
}

}  // namespace sunherd::modbus::test
