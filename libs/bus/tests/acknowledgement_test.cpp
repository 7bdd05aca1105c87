#include "bus/bus.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <poll.h>

#include <array>
#include <condition_variable>
#include <mutex>

using namespace sunherd;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

// Telemetry stands on this: the broker is told that a message arrived only after our callback has returned.
// Paho does it so without promising it; here a broker made of bytes looks on.

namespace {

constexpr std::uint8_t kPuback = 0x40;
constexpr std::uint8_t kPingRequest = 0xC0;

/// MQTT 5, packet by packet.
class ByteBroker {
  public:
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// A client that connects and subscribes.
    void accept() {
        socket_ = tcp::socket(io_);
        acceptor_.accept(socket_);
        CHECK(next_type() == 0x10);
        send({0x20, 0x03, 0x00, 0x00, 0x00});  // CONNACK, no properties
        CHECK(next_type() == 0x82);
        send({0x90, 0x04, packet_[0], packet_[1], 0x00, 0x01});  // SUBACK, QoS 1
    }
    /// On topic `t`, QoS 1, with one byte of payload.
    void publish(std::uint8_t id, char payload) {
        send({0x32, 0x07, 0x00, 0x01, 't', 0x00, id, 0x00, static_cast<std::uint8_t>(payload)});
    }
    /// Of the next packet that is no ping; 0 when the connection ends.
    std::uint8_t next_type() {
        boost::system::error_code error;
        std::array<std::uint8_t, 2> head{};
        do {
            boost::asio::read(socket_, boost::asio::buffer(head), error);
            packet_.resize(head[1]);
            boost::asio::read(socket_, boost::asio::buffer(packet_), error);
        } while (!error && head[0] == kPingRequest);
        return error ? 0 : head[0];
    }
    /// Nothing comes for so long.
    bool silent_for(std::chrono::milliseconds time) {
        pollfd one{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
        return ::poll(&one, 1, static_cast<int>(time.count())) == 0;
    }

  private:
    void send(const std::vector<std::uint8_t>& bytes) {
        boost::asio::write(socket_, boost::asio::buffer(bytes));
    }

    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
    tcp::socket socket_{io_};
    std::vector<std::uint8_t> packet_;
};

/// Holds each message until it is told what to answer.
class Holding {
  public:
    explicit Holding(std::uint16_t port)
        : bus(
              {.host = "127.0.0.1", .port = port, .client_id = "tested", .keep_alive = 60s},
              [this](const bus::Incoming& message) { return hold(message); }, nullptr, nullptr) {
        bus.subscribe("t", bus::QoS::at_least_once);
        bus.start();
    }
    ~Holding() {
        answer(true);
        bus.stop({}, {}, 1s);
    }
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

    std::string await() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [this] { return holding_; });
        return holding_ ? payload_ : "nothing came";
    }
    void answer(bool taken) {
        const std::lock_guard lock(mutex_);
        holding_ = false;
        taken_ = taken;
        changed_.notify_all();
    }

  private:
    bool hold(const bus::Incoming& message) {
        std::unique_lock lock(mutex_);
        payload_ = message.payload;
        holding_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, 20s, [this] { return !holding_; });
        return taken_;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string payload_;
    bool holding_ = false;
    bool taken_ = true;

  public:
    bus::Bus bus;  // last: its callbacks use the rest
};

}  // namespace

TEST_CASE("a message is acknowledged when the callback has returned, not before") {
    ByteBroker broker;
    Holding service(broker.port());
    broker.accept();
    broker.publish(7, 'x');
    CHECK(service.await() == "x");
    CHECK(broker.silent_for(300ms));
    service.answer(true);
    CHECK(broker.next_type() == kPuback);
}

TEST_CASE("one that is not taken is never acknowledged: the connection ends, until it is wanted again") {
    ByteBroker broker;
    Holding service(broker.port());
    broker.accept();
    broker.publish(7, 'x');
    CHECK(service.await() == "x");
    service.answer(false);
    CHECK(broker.next_type() == 0);  // no PUBACK before the end
    service.bus.resume();
    broker.accept();
    broker.publish(7, 'x');
    CHECK(service.await() == "x");
    service.answer(true);
    CHECK(broker.next_type() == kPuback);
}
