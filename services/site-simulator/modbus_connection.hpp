#pragma once

#include "modbus_frame.hpp"
#include "simulated_site.hpp"

#include <boost/asio.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace sunherd::simulator {

/// What all connections share.
struct ConnectionContext {
    std::function<Moment()> now;
    std::uint64_t seed = 1;
    std::uint64_t requests = 0;
};

/// One client of a simulated device: reads a request, answers it as the device and its faults say, one after
/// another. Lives as long as an operation of its own is under way.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(boost::asio::ip::tcp::socket socket, SimulatedDevice& device, Socket where,
               ConnectionContext& context);

    void start() { read_header(); }
    void close();
    bool is_open() const { return socket_.is_open(); }

  private:
    void read_header();
    void read_body(const Header& header);
    void answer(const Header& header);
    void send_later();
    void send_all();
    void send_drop();
    void finish();

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    SimulatedDevice& device_;
    Socket where_;
    ConnectionContext& context_;
    Bytes incoming_;
    Reply reply_;
    std::size_t sent_ = 0;
};

}  // namespace sunherd::simulator
