#pragma once

#include "http/held.hpp"
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
    std::size_t connections = 512;                 ///< beyond, who has been idle longest goes, or else busy
    std::size_t answers_bytes = 32 * 1024 * 1024;  ///< that wait for their clients; beyond, the slowest go
    std::chrono::seconds idle{60};                 ///< between requests, and for a header
    std::chrono::seconds body{20};  ///< for a body, and for the client to take 64 KiB of an answer
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
        enum class State {
            idle,  ///< nothing of it is being answered
            busy,
            gone,  ///< closed, or a WebSocket
        } state = State::idle;
    };
    using Place = std::list<Connection>::iterator;
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(std::shared_ptr<Stream> stream);
    boost::asio::awaitable<bool> exchange(Stream& stream, boost::beast::flat_buffer& buffer, Place place);
    boost::asio::awaitable<bool> write(Stream& stream, const Request& request, Response& response, bool keep);
    boost::asio::awaitable<void> write_body(Stream& stream, const std::string& body,
                                            boost::system::error_code& error);
    boost::asio::awaitable<void> write_chunks(Stream& stream, const Chunks& chunks,
                                              boost::system::error_code& error);
    void make_room();
    bool close_first(Connection::State state);
    void look_at_memory();
    void become(Place place, Connection::State state);

    boost::asio::io_context& io_;
    Site site_;
    Limits limits_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<Connection> connections_;  ///< who has been as it is longest first
    std::uint64_t requests_ = 0;
    Count held_ = std::make_shared<std::size_t>(0);  ///< bytes of answers that wait
};

}  // namespace sunherd::web
