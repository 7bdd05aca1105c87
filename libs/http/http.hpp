#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// HTTP by libcurl, for what we call (InfluxDB, switches). Blocks: belongs on a worker thread.
namespace sunherd::http {

struct Request {
    std::string method = "GET";
    std::string url{};
    std::vector<std::string> headers{};        ///< `Name: value`
    std::string body{};                        ///< sent where the method is not GET
    std::chrono::milliseconds timeout{10000};  ///< for the whole exchange
    std::optional<std::string> ca_file{};      ///< PEM; absent: the system's authorities
};

struct Response {
    int status = 0;
    std::string body;                                   ///< cut at 64 KiB
    std::optional<std::chrono::seconds> retry_after{};  ///< the server's wish
};

/// For a value in a query: all but letters, digits and `-_.` as `%XX`.
std::string encoded(std::string_view text);

/// No answer at all: `http://host:8086/…: connection refused`. Never holds headers or body, which may be
/// secret.
struct Error {
    std::string text;
};

/// Keeps its connection open from one request to the next. One thread at a time.
class Client {
  public:
    Client();
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Any status is an answer; redirects are not followed.
    tl::expected<Response, Error> send(const Request& request);
    /// From any thread: ends the request under way, and all later ones at once.
    void interrupt();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::http
