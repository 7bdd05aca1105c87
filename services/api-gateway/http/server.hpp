#pragma once

#include "http/message.hpp"
#include "http/raw.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <variant>

namespace sunherd::web {

using Stream = boost::beast::tcp_stream;

struct Limits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 64 * 1024;
    std::size_t connections = 512;  ///< beyond, who has been idle longest goes
    std::chrono::seconds idle{60};  ///< between requests, and for a header
    std::chrono::seconds body{20};  ///< for a body, and for the client to take an answer's part
};

/// What a server does with requests.
struct Site {
    /// Who asks, from where, and what; a Response: refused before anything is looked up.
    std::function<std::variant<Request, Response>(const RawRequest&, const std::string& address)> admit;
    std::function<boost::asio::awaitable<Response>(Request)> answer;
    /// Whether an upgrade to WebSocket is for this request; one that may not have it is answered as any
    /// other.
    std::function<bool(const Request&)> is_socket;
    /// Has the connection from then on.
    std::function<boost::asio::awaitable<void>(Stream, RawRequest, Request)> serve_socket;
};

/// Listens, and serves connections, all on one thread (that of `io`).
class Server {
  public:
    /// Throws boost::system::system_error where it can't listen.
    Server(boost::asio::io_context& io, const std::string& bind, std::uint16_t port, Site site,
           Limits limits);
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::size_t connections() const { return connections_.size(); }
    std::uint64_t requests() const { return requests_; }

  private:
    struct Connection {
        std::weak_ptr<Stream> stream;
        bool idle = true;
    };
    using Place = std::list<Connection>::iterator;
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(std::shared_ptr<Stream> stream);
    boost::asio::awaitable<bool> exchange(Stream& stream, boost::beast::flat_buffer& buffer, Place place);
    boost::asio::awaitable<bool> write(Stream& stream, const Request& request, Response& response, bool keep);
    void make_room();
    void set_idle(Place place, bool idle);

    boost::asio::io_context& io_;
    Site site_;
    Limits limits_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<Connection> connections_;  ///< who has been idle longest first
    std::uint64_t requests_ = 0;
};

}  // namespace sunherd::web
