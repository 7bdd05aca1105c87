#include "modbus_connection.hpp"

#include "house/noise.hpp"

namespace sunherd::simulator {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Longest frame of the protocol, without its header's first six bytes.
constexpr std::uint16_t kMostLength = 254;

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, SimulatedDevice& device, Socket where,
                       ConnectionContext& context)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      device_(device),
      where_(std::move(where)),
      context_(context) {}

void Connection::close() {
    error_code ignored;
    timer_.cancel(ignored);
    socket_.close(ignored);
}

void Connection::read_header() {
    incoming_.resize(kHeaderBytes);
    asio::async_read(
        socket_, asio::buffer(incoming_), [self = shared_from_this()](const error_code& error, std::size_t) {
            if (error) {
                self->close();
                return;
            }
            const Header header = parse_header(self->incoming_);
            const bool sane = header.protocol == 0 && header.length >= 2 && header.length <= kMostLength;
            if (sane) {
                self->read_body(header);
            } else {
                self->close();
            }
        });
}

void Connection::read_body(const Header& header) {
    incoming_.resize(header.length - 1U);
    asio::async_read(socket_, asio::buffer(incoming_),
                     [self = shared_from_this(), header](const error_code& error, std::size_t) {
                         if (error) {
                             self->close();
                         } else {
                             self->answer(header);
                         }
                     });
}

void Connection::answer(const Header& header) {
    ++context_.requests;
    Request request;
    const auto parsed = parse_request(header, incoming_, request);
    Answer answer = tl::unexpected(kGatewayTargetSilent);
    if (!parsed) {
        answer = tl::unexpected(parsed.error());
    } else if (request.unit == where_.unit) {
        answer = device_.answer(where_.port, request, context_.now());
    }
    reply_ = bend(encode(request, answer), request, device_.faults(),
                  house::mix(context_.seed + context_.requests));
    sent_ = 0;
    if (!socket_.is_open()) {
        return;
    }
    if (reply_.bytes.empty()) {
        read_header();
    } else if (reply_.delay.count() > 0) {
        send_later();
    } else {
        send_all();
    }
}

void Connection::send_later() {
    timer_.expires_after(reply_.delay);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) {
            self->send_all();
        }
    });
}

void Connection::send_all() {
    if (reply_.byte_gap.count() > 0) {
        send_drop();
        return;
    }
    asio::async_write(socket_, asio::buffer(reply_.bytes),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (error) {
                              self->close();
                          } else {
                              self->finish();
                          }
                      });
}

void Connection::send_drop() {
    if (sent_ == reply_.bytes.size()) {
        finish();
        return;
    }
    asio::async_write(socket_, asio::buffer(reply_.bytes.data() + sent_, 1),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (error) {
                              self->close();
                              return;
                          }
                          ++self->sent_;
                          self->timer_.expires_after(self->reply_.byte_gap);
                          self->timer_.async_wait([self](const error_code& cancelled) {
                              if (!cancelled) {
                                  self->send_drop();
                              }
                          });
                      });
}

void Connection::finish() {
    if (reply_.reset_after) {
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        close();
        return;
    }
    read_header();
}

}  // namespace sunherd::simulator
