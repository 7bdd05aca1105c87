#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <vector>

/// Test support: a Modbus/TCP server on loopback whose every byte the test decides.
namespace sunherd::modbus::test {

using Bytes = std::vector<std::uint8_t>;

/// What the server does on a request.
struct Reply {
    enum class Then { keep, close, reset };
    Bytes bytes;                                 ///< empty: says nothing
    std::chrono::milliseconds delay{0};          ///< before the first byte
    std::chrono::milliseconds between_bytes{0};  ///< drips when not 0
    Then then = Then::keep;
};

class ScriptedServer {
  public:
    using Handler = std::function<Reply(const Bytes& request)>;

    /// Port 0: a free one.
    explicit ScriptedServer(Handler handler, bool close_at_once = false, std::uint16_t port = 0);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ScriptedServer(ScriptedServer&&) = delete;
    ScriptedServer& operator=(ScriptedServer&&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const;
    std::vector<Bytes> requests() const;
    /// Waits until no connection is open any more; false after five seconds.
    bool await_no_connection();
    /// Waits until so many requests came in all; false after five seconds.
    bool await_requests(std::size_t count);

  private:
    void accept_clients();
    void serve(int socket);
    bool send(int socket, const Reply& reply);
    bool pause(std::chrono::milliseconds duration);

    Handler handler_;
    bool close_at_once_;
    std::uint16_t port_;
    int listener_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    int connections_ = 0;
    std::vector<Bytes> requests_;
    std::set<int> open_;
    std::list<std::thread> sessions_;
    std::thread acceptor_;
};

/// Registers of a device by address: blocks of words; what lies between is 0, beyond the last exception 2.
class RegisterMemory {
  public:
    void set(std::uint16_t address, std::span<const std::uint16_t> words);
    /// A request that touches this register gets exception 2.
    void refuse(std::uint16_t address) { refused_.insert(address); }
    /// A request for more registers than that gets exception 2.
    void limit_request(int registers) { most_registers_ = registers; }
    /// The right answer to a read of functions 3 and 4, and to writes 6 and 16, which change the registers.
    Reply operator()(const Bytes& request);
    std::uint16_t at(std::uint16_t address) const;

  private:
    bool refuses(int address, int count) const;

    std::map<std::uint16_t, std::uint16_t> words_;
    std::set<std::uint16_t> refused_;
    int most_registers_ = 125;
};

/// `pdu` with the header that belongs to the request.
Bytes answer(const Bytes& request, const Bytes& pdu);
/// The right answer to a read: these registers.
Bytes answer_registers(const Bytes& request, std::span<const std::uint16_t> words);
Bytes answer_exception(const Bytes& request, int code);

/// A loopback port where nobody listens (just now).
std::uint16_t free_port();

}  // namespace sunherd::modbus::test
