#pragma once

#include "simulated_site.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace sunherd::simulator {

/// The sockets of a simulated site: Modbus/TCP over Boost.Asio, all on the thread that runs the io_context.
class ModbusServer {
  public:
    struct Settings {
        std::string bind;  ///< address for all instead of each device's host; empty = each its own
        std::uint64_t seed = 1;
    };
    /// Told once when a device's socket opens, and once when it can't be opened; then tried again with each
    /// sync.
    using OnSocket = std::function<void(const std::string& device, bool open, const std::string& text)>;
    using Now = std::function<Moment()>;

    ModbusServer(boost::asio::io_context& io, SimulatedSite& site, Settings settings, Now now,
                 OnSocket on_socket);
    ~ModbusServer();
    ModbusServer(const ModbusServer&) = delete;
    ModbusServer& operator=(const ModbusServer&) = delete;
    ModbusServer(ModbusServer&&) = delete;
    ModbusServer& operator=(ModbusServer&&) = delete;

    /// Opens the sockets of reachable devices, closes those of the others with all their connections.
    void sync();
    void close();
    /// Addresses that another program listens on; empty = none.
    const std::vector<std::string>& taken() const;
    /// Requests answered or swallowed since the start.
    std::uint64_t requests() const;

  private:
    class Listener;
    struct Shared;
    std::unique_ptr<Shared> shared_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace sunherd::simulator
