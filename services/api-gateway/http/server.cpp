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

constexpr std::size_t kPiece = 64 * 1024;

http::response<http::string_body> head_of(const Response& response, bool keep) {
    http::response<http::string_body> head;
    head.version(11);
    head.result(static_cast<unsigned>(response.status));
    head.keep_alive(keep);
    if (response.status != 304) {
        head.set(http::field::content_type, response.type);
    }
    for (const auto& [name, value] : response.headers) {
        head.insert(name, value);
    }
    return head;
}

/// Of who asks; IPv4 as such, also on a socket of IPv6.
std::string address_of(const Stream& stream) {
    error_code error;
    const auto peer = stream.socket().remote_endpoint(error);
    auto address = peer.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
    }
    return error ? std::string() : address.to_string();
}

template <class Parser>
std::ptrdiff_t count_fields(const Parser& parser) {
    return std::distance(parser.get().begin(), parser.get().end());
}

/// Whether others could see another end of it: a length that is not told, or fields after the body, which
/// would pass for fields of the head.
template <class Parser>
bool is_ambiguous(const Parser& parser, std::ptrdiff_t fields_of_head) {
    return (parser.get().count(http::field::transfer_encoding) > 0 && !parser.chunked()) ||
           count_fields(parser) != fields_of_head;
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
        try {
            net::co_spawn(io_, serve(std::make_shared<Stream>(std::move(socket))), net::detached);
        } catch (const std::exception& trouble) {  // no memory: the next one may find some
            spdlog::error("a connection can't be served: {}", trouble.what());
        }
    }
}

/// An answer takes moments: where nobody is idle, who has been busy longest does not take it.
void Server::make_room() {
    if (!close_first(Connection::State::idle)) {
        close_first(Connection::State::busy);
    }
}

/// Who does not take an answer has us keep it: the one that has done so longest goes.
void Server::look_at_memory() {
    if (*held_ > limits_.answers_bytes) {
        close_first(Connection::State::busy);
    }
}

bool Server::close_first(Connection::State state) {
    for (auto& connection : connections_) {
        const auto stream = connection.stream.lock();
        if (stream && connection.state == state) {
            stream->close();
            connection.state = Connection::State::gone;
            return true;
        }
    }
    return false;
}

void Server::become(Place place, Connection::State state) {
    place->state = state;
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
    Request unread;  // of what is refused before it is looked at
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    become(place, Connection::State::idle);
    stream.expires_after(limits_.idle);
    co_await http::async_read_header(stream, buffer, parser, into(error));
    const auto fields = count_fields(parser);
    if (!error) {
        stream.expires_after(limits_.body);
        co_await http::async_read(stream, buffer, parser, into(error));
    }
    if (error) {
        if (auto answer = refusal(error)) {
            co_await write(stream, unread, *answer, false);
        }
        stream.socket().shutdown(net::ip::tcp::socket::shutdown_send, error);
        co_return false;
    }
    become(place, Connection::State::busy);
    ++requests_;
    const bool ambiguous = is_ambiguous(parser, fields);
    auto raw = parser.release();
    unread.method = std::string(raw.method_string());
    if (ambiguous) {
        auto answer = problem(400, "a body has a Content-Length or is chunked here, and no fields after it");
        co_return co_await write(stream, unread, answer, false);
    }
    const bool keep = raw.keep_alive();
    auto admitted = site_.admit(raw, address_of(stream));
    if (auto* refused = std::get_if<Response>(&admitted)) {
        co_return co_await write(stream, unread, *refused, keep);
    }
    auto request = std::move(std::get<Request>(admitted));
    if (beast::websocket::is_upgrade(raw) && site_.is_socket(request)) {
        become(place, Connection::State::gone);
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
    auto head = head_of(response, keep);
    const auto& body = response.shared_body ? *response.shared_body : response.body;
    const Held held(held_, response.body.size());
    look_at_memory();
    const bool head_only = request.method == "HEAD" || response.status == 304;
    stream.expires_after(limits_.body);
    if (!head_only && !response.chunks && body.size() <= kPiece) {
        head.body() = response.shared_body ? body : std::move(response.body);
        head.prepare_payload();
        co_await http::async_write(stream, head, into(error));
        co_return !error && keep;
    }
    if (response.chunks) {
        head.chunked(true);
    } else if (response.status != 304) {
        head.content_length(body.size());
    }
    http::response_serializer<http::string_body> serializer(head);
    co_await http::async_write_header(stream, serializer, into(error));
    if (!error && !head_only) {
        auto written =
            response.chunks ? write_chunks(stream, response.chunks, error) : write_body(stream, body, error);
        co_await std::move(written);
    }
    co_return !error && keep;
}

/// In pieces: who takes a long answer slowly, but takes it, has it all.
net::awaitable<void> Server::write_body(Stream& stream, const std::string& body, error_code& error) {
    for (std::size_t at = 0; at < body.size() && !error; at += kPiece) {
        stream.expires_after(limits_.body);
        const auto piece = net::buffer(body.data() + at, std::min(kPiece, body.size() - at));
        co_await net::async_write(stream, piece, into(error));
    }
}

net::awaitable<void> Server::write_chunks(Stream& stream, const Chunks& chunks, error_code& error) {
    while (!error) {
        auto chunk_asked = chunks();
        auto chunk = co_await std::move(chunk_asked);
        if (!chunk) {
            break;
        }
        const Held held(held_, chunk->size());
        look_at_memory();
        for (std::size_t at = 0; at < chunk->size() && !error; at += kPiece) {
            stream.expires_after(limits_.body);
            const auto part =
                http::make_chunk(net::buffer(chunk->data() + at, std::min(kPiece, chunk->size() - at)));
            co_await net::async_write(stream, part, into(error));
        }
    }
    if (!error) {
        const auto last = http::make_chunk_last();
        co_await net::async_write(stream, last, into(error));
    }
}

}  // namespace sunherd::web
