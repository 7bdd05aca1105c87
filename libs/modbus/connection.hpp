#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Modbus/TCP by libmodbus, reading side: the only place that knows it (with write_connection.hpp).
/// libmodbus 3.1 checks neither unit nor protocol id of a reply, stays out of step after a late one, and
/// gives all raw requests the transaction 0. So frames are built and checked here (frame.hpp), libmodbus
/// receives them (exchange.hpp), and after any doubt the connection is made anew.
namespace sunherd::modbus {

struct Endpoint {
    std::string host;
    std::uint16_t port = 502;
    int unit = 1;
    std::chrono::milliseconds timeout{2000};  ///< for connecting, and for each whole reply
    bool single_client = false;               ///< close after each exchange
};

enum class Table { holding = 3, input = 4 };

enum class ErrorKind {
    refused,    ///< nobody listens, or the connection was closed at once (device takes one client only?)
    silent,     ///< no (whole) answer in time
    reset,      ///< connection lost in the exchange
    exception,  ///< the device answered with a Modbus exception (10 and 11, a gateway's, count as silent)
    garbage,    ///< an answer that can't be one to our request
};

struct Error {
    ErrorKind kind = ErrorKind::silent;
    int exception = 0;  ///< Modbus exception code, where kind is exception; 12 at Etrel: current too high
    std::string text;   ///< `192.0.2.7:502 unit 1: read input 2000+26: exception 2 (illegal data address)`
};

template <class T>
using Result = tl::expected<T, Error>;

/// Where the back-off gets its time from; tests bring their own.
using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

/// One TCP connection to one endpoint; connects when first used and again after any doubt. After a failed
/// connect it refuses (with the same error, at once) until its back-off (0.2 s … 5 s, with jitter) is over.
/// Not thread-safe: one thread per connection. Blocks at most 2 × timeout.
class ReadConnection {
  public:
    explicit ReadConnection(Endpoint endpoint, SteadyNow now = std::chrono::steady_clock::now);
    ~ReadConnection();
    ReadConnection(ReadConnection&&) noexcept;
    ReadConnection& operator=(ReadConnection&&) noexcept;
    ReadConnection(const ReadConnection&) = delete;
    ReadConnection& operator=(const ReadConnection&) = delete;

    /// count 1 … 125. Function 3 or 4.
    Result<std::vector<std::uint16_t>> read(Table table, std::uint16_t address, std::uint16_t count);
    const Endpoint& endpoint() const;
    void close();
    /// The unit that the next reads ask: several units behind one address share its connection.
    void select_unit(int unit);
    /// From any thread: ends a read that waits for its answer, and all later ones at once (kind silent). For
    /// a clean stop.
    void interrupt();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::modbus
