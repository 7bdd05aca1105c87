#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <utility>

/// A client that speaks to a gateway on loopback, one thing after the other.
namespace sunherd::testing {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers{};
    std::string body{};
    nlohmann::json json() const { return nlohmann::json::parse(body); }
};

class WebClient {
  public:
    using Headers = std::map<std::string, std::string>;
    explicit WebClient(std::uint16_t port) : port_(port) {}

    Answer get(const std::string& target, const Headers& headers = {}) {
        return ask(boost::beast::http::verb::get, target, "", headers);
    }
    Answer post(const std::string& target, const nlohmann::json& body, Headers headers = {}) {
        headers.try_emplace("Content-Type", "application/json");
        return ask(boost::beast::http::verb::post, target, body.dump(), headers);
    }
    Answer ask(boost::beast::http::verb verb, const std::string& target, const std::string& body,
               const Headers& headers) {
        namespace http = boost::beast::http;
        auto stream = connect();
        http::request<http::string_body> request(verb, target, 11);
        request.set(http::field::host, "localhost");
        for (const auto& [name, value] : headers) {
            request.set(name, value);
        }
        request.body() = body;
        request.prepare_payload();
        http::write(stream, request);
        return read(stream);
    }
    /// Bytes as they are, and what is answered.
    Answer raw(const std::string& bytes) {
        auto stream = connect();
        boost::system::error_code ignored;  // it may be refused before all is sent
        boost::asio::write(stream.socket(), boost::asio::buffer(bytes), ignored);
        return read(stream);
    }
    boost::beast::tcp_stream connect() {
        boost::beast::tcp_stream stream(io_);
        stream.connect({boost::asio::ip::make_address("127.0.0.1"), port_});
        return stream;
    }

    using Socket = boost::beast::websocket::stream<boost::beast::tcp_stream>;
    Socket socket(const std::string& target = "/api/v1/ws/live") {
        Socket socket(connect());
        socket.handshake("localhost", target);
        return socket;
    }
    static nlohmann::json next(Socket& socket) {
        boost::beast::flat_buffer buffer;
        socket.read(buffer);
        return nlohmann::json::parse(boost::beast::buffers_to_string(buffer.data()));
    }

  private:
    static Answer read(boost::beast::tcp_stream& stream) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(std::uint64_t{1} << 28);
        http::read(stream, buffer, parser);
        Answer answer{.status = static_cast<int>(parser.get().result_int()),
                      .headers = {},
                      .body = parser.get().body()};
        for (const auto& field : parser.get()) {
            answer.headers[std::string(field.name_string())] = std::string(field.value());
        }
        return answer;
    }

    std::uint16_t port_;
    boost::asio::io_context io_;
};

}  // namespace sunherd::testing
