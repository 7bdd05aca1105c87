#pragma once

#include "modbus/back_off.hpp"
#include "modbus/connection.hpp"
#include "modbus/frame.hpp"

#include <modbus/modbus.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace sunherd::modbus {

/// Request and reply over one TCP connection: what reading and writing share. Not thread-safe but for
/// interrupt().
///
/// Requests are sent with a transaction number of their own (libmodbus' raw requests all carry 0, so that the
/// second of two replies could pass for the answer to the next request); libmodbus receives the reply, with
/// no byte time-out so that its response time-out counts for the whole frame. Any reply that isn't exactly
/// one to the request ends the connection, and so does anything that lies unread in it before a request.
class Exchange {
  public:
    Exchange(Endpoint endpoint, SteadyNow now);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    Exchange(Exchange&&) = delete;
    Exchange& operator=(Exchange&&) = delete;

    Result<std::vector<std::uint16_t>> request(const Request& request);
    const Endpoint& endpoint() const { return endpoint_; }
    void select_unit(int unit) { endpoint_.unit = unit; }
    void close();
    void interrupt();

  private:
    void hang_up();
    struct FreeContext {
        void operator()(modbus_t* context) const;
    };

    Result<void> ensure_connected(const Request& request);
    Result<std::vector<std::uint16_t>> exchange(const Request& request);
    std::optional<Error> send(const Request& request, std::span<const std::uint8_t> frame);
    Error fail_by_errno(const Request& request, int failure);
    Error error(const Request& request, ErrorKind kind, const std::string& text, int exception = 0) const;
    bool publish_socket(int socket);
    bool has_unread() const;
    bool interrupted() const;
    int socket() const;

    Endpoint endpoint_;
    SteadyNow now_;
    std::unique_ptr<modbus_t, FreeContext> context_;
    BackOff back_off_;
    std::optional<Error> last_connect_error_;
    std::minstd_rand random_;
    std::uint16_t transaction_ = 0;
    bool proven_ = false;  ///< this connection has carried an answer already

    mutable std::mutex mutex_;  ///< guards what interrupt() touches from its thread
    int interruptible_socket_ = -1;
    bool interrupted_ = false;
};

}  // namespace sunherd::modbus
