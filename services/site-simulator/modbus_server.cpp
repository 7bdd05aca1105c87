#include "modbus_server.hpp"

#include "modbus_connection.hpp"

#include <algorithm>

namespace sunherd::simulator {

namespace asio = boost::asio;
using asio::ip::tcp;

struct ModbusServer::Shared {
    asio::io_context& io;
    SimulatedSite& site;
    Settings settings;
    ConnectionContext context;
    OnSocket on_socket;
    std::vector<std::string> taken{};
};

/// One listening socket and its connections.
class ModbusServer::Listener {
  public:
    Listener(Shared& shared, const Socket& socket) : shared_(shared), socket_(socket), acceptor_(shared.io) {}

    void sync() {
        const bool wanted = socket_.device->reachable();
        if (wanted && !acceptor_.is_open()) {
            open();
        } else if (!wanted && acceptor_.is_open()) {
            close();
        }
    }

    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        for (const auto& weak : connections_) {
            if (const auto connection = weak.lock()) {
                connection->close();
            }
        }
        connections_.clear();
    }

  private:
    void open();
    void accept();
    void take(tcp::socket socket);

    Shared& shared_;
    Socket socket_;
    tcp::acceptor acceptor_;
    std::vector<std::weak_ptr<Connection>> connections_;
    bool failure_told_ = false;
};

void ModbusServer::Listener::open() {
    const std::string host = shared_.settings.bind.empty() ? socket_.host : shared_.settings.bind;
    boost::system::error_code error;
    tcp::resolver resolver(shared_.io);
    const auto found = resolver.resolve(tcp::v4(), host, std::to_string(socket_.tcp_port), error);
    if (!error && found.empty()) {
        error = asio::error::host_not_found;
    }
    if (!error) {
        const tcp::endpoint at = found.begin()->endpoint();
        acceptor_.open(at.protocol(), error);
        acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        acceptor_.bind(at, error);
        if (!error) {
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
        }
    }
    const std::string where = host + ":" + std::to_string(socket_.tcp_port);
    if (!error) {
        failure_told_ = false;
        shared_.on_socket(socket_.device->id(), true, "answers at " + where);
        accept();
        return;
    }
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    if (!failure_told_) {
        failure_told_ = true;
        if (error == asio::error::address_in_use) {
            shared_.taken.push_back(where);
        }
        shared_.on_socket(
            socket_.device->id(), false,
            "cannot listen on " + where + ": " + error.message() +
                "; the simulator plays devices at addresses and free ports of its own machine only");
    }
}

void ModbusServer::Listener::accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) {
            return;
        }
        if (!error) {
            take(std::move(socket));
        }
        accept();
    });
}

void ModbusServer::Listener::take(tcp::socket socket) {
    connections_.erase(std::remove_if(connections_.begin(), connections_.end(),
                                      [](const auto& weak) {
                                          const auto connection = weak.lock();
                                          return !connection || !connection->is_open();
                                      }),
                       connections_.end());
    boost::system::error_code ignored;
    if (socket_.single_client && !connections_.empty()) {
        socket.close(ignored);
        return;
    }
    socket.set_option(tcp::no_delay(true), ignored);
    auto connection =
        std::make_shared<Connection>(std::move(socket), *socket_.device, socket_, shared_.context);
    connections_.push_back(connection);
    connection->start();
}

ModbusServer::ModbusServer(asio::io_context& io, SimulatedSite& site, Settings settings, Now now,
                           OnSocket on_socket)
    : shared_(new Shared{io, site, settings, {std::move(now), settings.seed, 0}, std::move(on_socket)}) {
    sync();
}

ModbusServer::~ModbusServer() {
    close();
}

void ModbusServer::sync() {
    const auto& sockets = shared_->site.sockets();
    while (listeners_.size() < sockets.size()) {
        listeners_.push_back(std::make_unique<Listener>(*shared_, sockets[listeners_.size()]));
    }
    for (auto& listener : listeners_) {
        listener->sync();
    }
}

void ModbusServer::close() {
    for (auto& listener : listeners_) {
        listener->close();
    }
}

const std::vector<std::string>& ModbusServer::taken() const {
    return shared_->taken;
}

std::uint64_t ModbusServer::requests() const {
    return shared_->context.requests;
}

}  // namespace sunherd::simulator
