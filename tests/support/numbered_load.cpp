#include "support/numbered_load.hpp"

#include "support/asking.hpp"
#include "topics/timestamp.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace sunherd::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kWindow = 1000;
constexpr std::size_t kChunk = 32 * 1024;
constexpr std::chrono::seconds kPatience{60};
constexpr std::uint16_t kPacketIds = 60'000;

void append_length(std::string& to, std::size_t length) {
    do {
        const auto low = static_cast<unsigned char>(length % 128);
        length /= 128;
        to += static_cast<char>(low | (length > 0 ? 0x80 : 0));
    } while (length > 0);
}

void append_short(std::string& to, std::size_t value) {
    to += static_cast<char>(value >> 8 & 0xFF);
    to += static_cast<char>(value & 0xFF);
}

/// MQTT 3.1.1.
std::string connect_packet() {
    constexpr std::string_view kId = "numbered-load";
    std::string body("\0\4MQTT\4\2\0\74", 10);  // clean session, keep alive 60 s
    append_short(body, kId.size());
    body += kId;
    std::string packet("\x10");
    append_length(packet, body.size());
    return packet + body;
}

bool send_all(int socket, std::string_view data) {
    while (!data.empty()) {
        const auto sent = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

NumberedLoad::NumberedLoad(std::uint16_t broker_port) : port_(broker_port) {
    connect();
}

NumberedLoad::~NumberedLoad() {
    ::close(socket_);
}

/// Until it succeeds; then all that is not acknowledged is to be sent again.
void NumberedLoad::connect() {
    if (!ask_until([this] { return try_connect(); }, kPatience)) {
        throw std::runtime_error("the broker does not take the load's connection");
    }
    sent_ = acknowledged_;
    in_.clear();
}

bool NumberedLoad::try_connect() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char answer[4];
    // NOLINTNEXTLINE: the socket interface wants this cast.
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           send_all(socket_, connect_packet()) &&
           ::recv(socket_, answer, sizeof answer, MSG_WAITALL) == sizeof answer;
}

void NumberedLoad::append_message(std::uint64_t number) {
    const auto meter = number % kTopics;
    const auto time = topics::to_rfc3339(
        topics::Timestamp(std::chrono::milliseconds(kFirstTimeMs + static_cast<std::int64_t>(number))));
    const double level = static_cast<double>(number % 1000) / 10;
    char topic[64];
    char payload[512];
    const auto topic_bytes = static_cast<std::size_t>(std::snprintf(
        topic, sizeof topic, "sunherd/test/building/meter/m%llu", static_cast<unsigned long long>(meter)));
    const auto payload_bytes = static_cast<std::size_t>(std::snprintf(
        payload, sizeof payload,
        R"({"time":"%s","seq":%llu,"power_w":%.1f,"current_a":{"L1":%.2f,"L2":6.25,"L3":6.5},)"
        R"("voltage_v":{"L1":230.1,"L2":%.1f,"L3":229.8},"phase_power_w":{"L1":1380.5,"L2":1437.5,"L3":%.1f},)"
        R"("frequency_hz":50.01,"imported_wh":%llu,"exported_wh":1234567})",
        time.c_str(), static_cast<unsigned long long>(number), 4000 + level, 6 + level / 100,
        230 + level / 50, 1490 + level, static_cast<unsigned long long>(5'000'000 + number)));
    out_ += '\x32';  // PUBLISH, QoS 1
    append_length(out_, 2 + topic_bytes + 2 + payload_bytes);
    append_short(out_, topic_bytes);
    out_.append(topic, topic_bytes);
    append_short(out_, 1 + number % kPacketIds);
    out_.append(payload, payload_bytes);
}

bool NumberedLoad::send_some(std::uint64_t allowed) {
    out_.clear();
    while (sent_ < allowed && sent_ - acknowledged_ < kWindow && out_.size() < kChunk) {
        append_message(++sent_);
    }
    return out_.empty() || send_all(socket_, out_);
}

/// PUBACKs, 4 bytes each; Mosquitto gives them in order.
bool NumberedLoad::take_acknowledgements(int wait_ms) {
    pollfd one{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, wait_ms) <= 0) {
        return true;
    }
    char data[4096];
    const auto got = ::recv(socket_, data, sizeof data, 0);
    if (got <= 0) {
        return false;
    }
    in_.append(data, static_cast<std::size_t>(got));
    {
        const std::lock_guard lock(mutex_);
        acknowledged_ += in_.size() / 4;
    }
    more_.notify_all();
    in_.erase(0, in_.size() / 4 * 4);
    return true;
}

void NumberedLoad::await_published(std::uint64_t count) {
    std::unique_lock lock(mutex_);
    if (!more_.wait_for(lock, 3 * kPatience, [&] { return acknowledged_ >= count; })) {
        throw std::runtime_error("the load does not get on");
    }
}

std::uint64_t NumberedLoad::published() const {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
}

void NumberedLoad::publish(std::uint64_t count, double per_second) {
    const auto first = acknowledged_;
    const auto last = first + count;
    const auto begin = Clock::now();
    auto progress = begin;
    while (acknowledged_ < last) {
        const auto due = static_cast<std::uint64_t>(
            per_second * std::chrono::duration<double>(Clock::now() - begin).count());
        const auto allowed = per_second > 0 ? std::min(last, first + due) : last;
        const auto before = acknowledged_;
        const bool can_send = sent_ < allowed && sent_ - acknowledged_ < kWindow;
        if (!send_some(allowed) || !take_acknowledgements(can_send ? 0 : 1)) {
            connect();
        }
        if (acknowledged_ > before) {
            progress = Clock::now();
        } else if (Clock::now() - progress > kPatience) {
            throw std::runtime_error("the broker acknowledges nothing any more");
        }
    }
}

}  // namespace sunherd::testing
