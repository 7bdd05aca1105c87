#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <libdeflate.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>  // Boost 1.74 forgets it
#include <vector>

namespace sunherd::testing {

/// An HTTP server on loopback that remembers every request (unpacked) and answers as the test says; one
/// client at a time.
class HttpStub {
  public:
    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    struct Answer {
        int status = 204;
        std::string body{};
        bool never = false;         ///< takes the request and says nothing
        std::string retry_after{};  ///< header, where not empty
        bool cut = false;           ///< ends the connection in the middle of the answer
    };
    using Answers = std::function<Answer(const Request&)>;

    /// port: 0 = a free one.
    explicit HttpStub(Answers answers, std::uint16_t port = 0)
        : answers_(std::move(answers)),
          acceptor_(io_, {boost::asio::ip::address_v4::loopback(), port}),
          port_(acceptor_.local_endpoint().port()),
          thread_([this] { run(); }) {}
    ~HttpStub() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
            if (client_ != -1) {
                ::shutdown(client_, SHUT_RDWR);
            }
        }
        changed_.notify_all();
        thread_.join();
    }
    HttpStub(const HttpStub&) = delete;
    HttpStub& operator=(const HttpStub&) = delete;

    std::uint16_t port() const { return port_; }
    void answer(Answers answers) {
        const std::lock_guard lock(mutex_);
        answers_ = std::move(answers);
    }
    /// The first request that is so, also one from before.
    Request await(const std::function<bool(const Request&)>& wanted,
                  std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
        std::unique_lock lock(mutex_);
        const auto until = std::chrono::steady_clock::now() + deadline;
        for (std::size_t i = 0;; ++i) {
            if (!changed_.wait_until(lock, until, [&] { return i < requests_.size(); })) {
                throw std::runtime_error("no such HTTP request; there came " +
                                         std::to_string(requests_.size()) +
                                         (requests_.empty() ? "" : ", the last: " + requests_.back().body()));
            }
            if (wanted(requests_[i])) {
                return requests_[i];
            }
        }
    }
    std::vector<Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    static std::string unpacked(const std::string& packed) {
        std::string text(16U << 20U, '\0');
        libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
        std::size_t bytes = 0;
        if (libdeflate_gzip_decompress(decompressor, packed.data(), packed.size(), text.data(), text.size(),
                                       &bytes) != LIBDEFLATE_SUCCESS) {
            bytes = 0;
        }
        libdeflate_free_decompressor(decompressor);
        text.resize(bytes);
        return text;
    }
    void run() {
        boost::system::error_code error;
        while (!error) {
            boost::asio::ip::tcp::socket socket(io_);
            acceptor_.accept(socket, error);
            if (!error && hold(socket.native_handle())) {
                serve(socket);
                hold(-1);
            }
        }
    }
    bool hold(int descriptor) {
        const std::lock_guard lock(mutex_);
        client_ = descriptor;
        return !stopping_;
    }
    void serve(boost::asio::ip::tcp::socket& socket) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        boost::system::error_code error;
        while (!error) {
            Request request;
            http::read(socket, buffer, request, error);
            if (error) {
                return;
            }
            std::unique_lock lock(mutex_);
            if (request["Content-Encoding"] == "gzip") {
                request.body() = unpacked(request.body());
            }
            const Answer answer = answers_(request);
            requests_.push_back(request);
            changed_.notify_all();
            lock.unlock();
            if (answer.never) {
                char none = 0;
                socket.read_some(boost::asio::buffer(&none, 1), error);  // until the client gives up
                return;
            }
            http::response<http::string_body> response(static_cast<http::status>(answer.status),
                                                       request.version(), answer.body);
            response.keep_alive(request.keep_alive());
            response.prepare_payload();
            if (!answer.retry_after.empty()) {
                response.set(http::field::retry_after, answer.retry_after);
            }
            if (answer.cut) {
                boost::asio::write(socket, boost::asio::buffer("HTTP/1.1 204 No Con", 19), error);
                socket.shutdown(boost::asio::ip::tcp::socket::shutdown_both, error);
                return;
            }
            http::write(socket, response, error);
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Answers answers_;
    std::vector<Request> requests_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    int client_ = -1;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sunherd::testing
