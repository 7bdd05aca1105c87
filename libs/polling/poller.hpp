#pragma once

#include "modbus/connection.hpp"
#include "polling/schedule.hpp"
#include "service/service.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace sunherd::polling {

/// Something done again and again over one connection.
struct Task {
    int unit = 1;
    milliseconds period{1000};
    bool urgent = false;  ///< goes before the others of its connection
    /// Runs on the connection's thread. False when the line's time was spent in vain (no answer): then it is
    /// asked less often, so that the others of the connection keep theirs.
    std::function<bool(modbus::ReadConnection&)> work;
};

/// One thread and one connection per address (host and port); what is behind the same address takes turns.
/// Threads sleep until something is due.
class Poller {
  public:
    explicit Poller(const service::Clock& clock);
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Starts at once. Time-out and `single_client` are those of the first task of an address.
    void add(const modbus::Endpoint& endpoint, Task task);
    /// Ends the line of an address, if there is one.
    void drop(const std::string& host, std::uint16_t port);
    /// Ends all: interrupts what waits for an answer. After it no work runs any more.
    void stop();
    /// Polls that were left out since the last call, because the one before took too long.
    std::uint64_t take_missed() { return missed_.exchange(0); }

  private:
    class Line;
    const service::Clock& clock_;
    std::atomic<std::uint64_t> missed_{0};
    std::size_t added_ = 0;
    std::map<std::pair<std::string, std::uint16_t>, std::unique_ptr<Line>> lines_;
};

}  // namespace sunherd::polling
