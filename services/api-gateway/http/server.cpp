#include "http/server.hpp"

#include "http/finish.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <spdlog/spdlog.h>

namespace sunherd::web {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

// GCC 12 destroys some temporaries of an expression with co_await twice: what has a destructor is named
// first.
auto into(error_code& error) {
    return net::redirect_error(net::use_awaitable, error);
}

http::response<http::string_body> head_of(const Response& response, unsigned version, bool keep) {
    http::response<http::string_body> head;
    head.version(version);
    head.result(static_cast<unsigned>(response.status));
    head.keep_alive(keep);
    if (response.status != 304 && response.status != 204) {
        head.set(http::field::content_type, response.type);
    }
    for (const auto& [name, value] : response.headers) {
        head.insert(name, value);
    }
    return head;
}

/// What a request that can't be read is answered.
std::optional<Response> refusal(const error_code& error) {
    if (error == http::error::body_limit) {
        return problem(413, "a body has at most 64 KiB here");
    }
    if (error == http::error::header_limit) {
        return problem(431, "a header has at most 16 KiB here");
    }
    const bool unreadable = error.category() == http::make_error_code(http::error::bad_method).category() &&
                            error != http::error::end_of_stream && error != http::error::partial_message;
    return unreadable ? std::optional(problem(400, "this is no HTTP request: " + error.message()))
                      : std::nullopt;
}

}  // namespace

Server::Server(net::io_context& io, const std::string& bind, std::uint16_t port, Site site, Limits limits)
    : io_(io), site_(std::move(site)), limits_(limits), acceptor_(io) {
    const net::ip::tcp::endpoint endpoint(net::ip::make_address(bind), port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(net::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(net::socket_base::max_listen_connections);
    net::co_spawn(io_, accept(), net::detached);
}

net::awaitable<void> Server::accept() {
    for (;;) {
        error_code error;
        net::ip::tcp::socket socket = co_await acceptor_.async_accept(into(error));
        if (error == net::error::operation_aborted) {
            co_return;
        }
        if (error) {  // no descriptors left, say: who is idle goes, and a moment later there are some
            make_room();
            net::steady_timer pause(io_, std::chrono::milliseconds(100));
            co_await pause.async_wait(into(error));
            continue;
        }
        socket.set_option(net::ip::tcp::no_delay(true), error);
        if (connections_.size() >= limits_.connections) {
            make_room();
        }
        net::co_spawn(io_, serve(std::make_shared<Stream>(std::move(socket))), net::detached);
    }
}

void Server::make_room() {
    for (auto& connection : connections_) {
        const auto stream = connection.stream.lock();
        if (connection.idle && stream) {
            stream->close();
            connection.idle = false;
            return;
        }
    }
}

void Server::set_idle(Place place, bool idle) {
    place->idle = idle;
    connections_.splice(connections_.end(), connections_, place);
}

net::awaitable<void> Server::serve(std::shared_ptr<Stream> stream) {
    const auto place = connections_.insert(connections_.end(), Connection{stream});
    // What a client sends ahead stays in it for the next exchange.
    beast::flat_buffer buffer(limits_.header_bytes + limits_.body_bytes);
    try {
        while (co_await exchange(*stream, buffer, place)) {
        }
    } catch (const std::exception& error) {
        spdlog::debug("a connection ended: {}", error.what());
    }
    connections_.erase(place);
}

/// One request and its answer; false: the connection is over.
net::awaitable<bool> Server::exchange(Stream& stream, beast::flat_buffer& buffer, Place place) {
    error_code error;
    const Request nobody;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    set_idle(place, true);
    stream.expires_after(limits_.idle);
    co_await http::async_read_header(stream, buffer, parser, into(error));
    if (!error) {
        set_idle(place, false);
        stream.expires_after(limits_.body);
        co_await http::async_read(stream, buffer, parser, into(error));
    }
    if (error) {
        if (auto answer = refusal(error)) {
            co_await write(stream, nobody, *answer, false);
        }
        stream.socket().shutdown(net::ip::tcp::socket::shutdown_send, error);
        co_return false;
    }
    ++requests_;
    auto raw = parser.release();
    const bool keep = raw.keep_alive();
    const auto peer = stream.socket().remote_endpoint(error);
    auto admitted = site_.admit(raw, error ? std::string() : peer.address().to_string());
    if (auto* refused = std::get_if<Response>(&admitted)) {
        co_return co_await write(stream, nobody, *refused, keep);
    }
    auto request = std::move(std::get<Request>(admitted));
    if (beast::websocket::is_upgrade(raw) && site_.is_socket(request)) {
        stream.expires_never();
        auto served = site_.serve_socket(std::move(stream), std::move(raw), std::move(request));
        co_await std::move(served);
        co_return false;
    }
    auto response_asked = site_.answer(request);
    auto response = co_await std::move(response_asked);
    co_return co_await write(stream, request, response, keep);
}

net::awaitable<bool> Server::write(Stream& stream, const Request& request, Response& response, bool keep) {
    error_code error;
    finish(request, response);
    auto head = head_of(response, 11, keep);
    stream.expires_after(limits_.body);
    if (!response.chunks) {
        head.body() = response.shared_body ? *response.shared_body : std::move(response.body);
        if (response.status != 304) {
            head.prepare_payload();
        }
        if (request.method == "HEAD") {
            head.body().clear();
            http::response_serializer<http::string_body> serializer(head);
            co_await http::async_write_header(stream, serializer, into(error));
        } else {
            co_await http::async_write(stream, head, into(error));
        }
        co_return !error && keep;
    }
    head.chunked(true);
    http::response_serializer<http::string_body> serializer(head);
    co_await http::async_write_header(stream, serializer, into(error));
    while (!error && request.method != "HEAD") {
        auto chunk_asked = response.chunks();
        auto chunk = co_await std::move(chunk_asked);
        if (!chunk) {
            break;
        }
        if (chunk->empty()) {
            continue;
        }
        stream.expires_after(limits_.body);
        const auto part = http::make_chunk(net::buffer(*chunk));
        co_await net::async_write(stream, part, into(error));
    }
    if (!error && request.method != "HEAD") {
        const auto last = http::make_chunk_last();
        co_await net::async_write(stream, last, into(error));
    }
    co_return !error && keep;
}

}  // namespace sunherd::web
