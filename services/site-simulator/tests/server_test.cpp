#include "modbus_server.hpp"
#include "support.hpp"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <thread>
#include <utility>

using namespace sunherd;
using namespace sunherd::simulator;
namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

std::uint16_t free_port() {
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

/// A simulated meter behind a real socket; the house stands still.
class Served {
  public:
    explicit Served(bool single_client = false, std::uint16_t port = free_port()) {
        site_.grid.main_fuse_a = 25;
        site_.devices = {device("meter", "eastron-sdm630", site::Role::meter, "127.0.0.1")};
        site_.devices[0].endpoint.port = port;
        site_.devices[0].endpoint.single_client = single_client;
        sim_ = std::make_unique<SimulatedSite>(
            site_, SiteSettings{}, std::make_shared<StillHouse>(house::Demand{{900, 600, 300}, 0}),
            std::vector<std::vector<house::Visit>>{});
        server_ = std::make_unique<ModbusServer>(
            io_, *sim_, ModbusServer::Settings{}, [] { return Moment{}; },
            [this](const std::string&, bool open, const std::string& text) {
                REQUIRE((open || !text.empty()));
                opened_ = open;
            });
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Served() {
        io_.stop();
        thread_.join();
    }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    Served(Served&&) = delete;
    Served& operator=(Served&&) = delete;

    /// Applied before it returns.
    void fault(const std::string& fault, std::optional<double> value = std::nullopt) {
        std::promise<bool> done;
        asio::post(io_, [&] {
            const bool applied = sim_->apply({"meter", fault, std::nullopt, value}, Moment{}).has_value();
            server_->sync();
            done.set_value(applied);
        });
        REQUIRE(done.get_future().get());
    }
    const std::vector<std::string>& taken() const { return server_->taken(); }
    std::uint16_t port() const { return site_.devices[0].endpoint.port; }

  private:
    site::Site site_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::unique_ptr<SimulatedSite> sim_;
    std::unique_ptr<ModbusServer> server_;
    bool opened_ = false;
    std::thread thread_;
};

const Bytes ask_power{0x00, 0x07, 0x00, 0x00, 0x00, 0x06, 0x01, 0x04, 0x00, 0x34, 0x00, 0x02};

class Client {
  public:
    explicit Client(std::uint16_t port) : socket_(io_) {
        socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), error_);
    }
    bool connected() const { return !error_; }
    void send(const Bytes& bytes) { asio::write(socket_, asio::buffer(bytes), error_); }

    /// Up to `most` bytes; fewer where the connection ends or `patience` does.
    Bytes receive(std::size_t most, std::chrono::milliseconds patience = 2000ms) {
        Bytes bytes(most);
        std::size_t got = 0;
        io_.restart();
        asio::async_read(socket_, asio::buffer(bytes),
                         [&](const boost::system::error_code& error, std::size_t count) {
                             error_ = error;
                             got = count;
                         });
        io_.run_for(patience);
        if (!io_.stopped()) {
            socket_.cancel();
            io_.run();
        }
        bytes.resize(got);
        return bytes;
    }
    boost::system::error_code error() const { return error_; }

  private:
    asio::io_context io_;
    tcp::socket socket_;
    boost::system::error_code error_;
};

}  // namespace

TEST_CASE("a second simulator learns that its addresses are taken") {
    const Served first;
    CHECK(first.taken().empty());
    const Served second(false, first.port());
    CHECK(second.taken() == std::vector<std::string>{"127.0.0.1:" + std::to_string(first.port())});
}

TEST_CASE("a request over a socket is answered, again and again") {
    Served served;
    Client client(served.port());
    for (int i = 0; i < 3; ++i) {
        client.send(ask_power);
        const auto reply = client.receive(13);
        REQUIRE(reply.size() == 13);
        CHECK(Bytes(reply.begin(), reply.begin() + 9) == Bytes{0, 7, 0, 0, 0, 7, 1, 4, 4});
        CHECK(reply[9] == 0x44);  // about 540 W: 30 % of the house
    }
}

TEST_CASE("a request that comes in pieces is one request; two at once are two") {
    Served served;
    Client client(served.port());
    client.send(Bytes(ask_power.begin(), ask_power.begin() + 4));
    client.send(Bytes(ask_power.begin() + 4, ask_power.end()));
    CHECK(client.receive(13).size() == 13);
    Bytes twice = ask_power;
    twice.insert(twice.end(), ask_power.begin(), ask_power.end());
    client.send(twice);
    CHECK(client.receive(26).size() == 26);
}

TEST_CASE("another unit is behind no gateway here; nonsense ends the connection") {
    Served served;
    Client client(served.port());
    auto other = ask_power;
    other[6] = 9;
    client.send(other);
    CHECK(client.receive(9) == Bytes{0, 7, 0, 0, 0, 3, 9, 0x84, 11});
    client.send({'G', 'E', 'T', ' ', '/', ' ', 'H'});
    CHECK(client.receive(1).empty());
    CHECK(client.error());
}

TEST_CASE("silent answers nothing, dead refuses, none heals") {
    Served served;
    Client client(served.port());
    served.fault("silent");
    client.send(ask_power);
    CHECK(client.receive(1, 200ms).empty());
    served.fault("none");
    served.fault("dead");
    CHECK_FALSE(Client(served.port()).connected());
    client.send(ask_power);
    CHECK(client.receive(1).empty());
    served.fault("none");
    Client again(served.port());
    REQUIRE(again.connected());
    again.send(ask_power);
    CHECK(again.receive(13).size() == 13);
}

TEST_CASE("slow waits, drip takes its time, reset breaks in mid-frame") {
    Served served;
    Client client(served.port());
    served.fault("slow", 150);
    client.send(ask_power);
    CHECK(client.receive(13, 50ms).empty());
    CHECK(client.receive(13).size() == 13);
    served.fault("none");
    served.fault("drip", 20);
    client.send(ask_power);
    CHECK(client.receive(13, 100ms).size() < 13);
    served.fault("none");
    Client other(served.port());
    served.fault("reset");
    other.send(ask_power);
    CHECK(other.receive(13).size() <= 5);
    CHECK(other.error() == asio::error::connection_reset);
}

TEST_CASE("a device for one client only turns the second away") {
    Served served(true);
    Client first(served.port());
    first.send(ask_power);
    REQUIRE(first.receive(13).size() == 13);
    Client second(served.port());
    CHECK(second.receive(1).empty());
    CHECK(second.error() == asio::error::eof);
    first.send(ask_power);
    CHECK(first.receive(13).size() == 13);
}
