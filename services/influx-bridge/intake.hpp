#pragma once

#include "bus/bus.hpp"
#include "naps.hpp"
#include "spool/spool.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace sunherd::influx {

/// Topic and payload in a record of the spool: `topic NUL payload`. A topic can't contain a NUL.
struct Record {
    std::string_view topic;
    std::string_view payload;
};
std::optional<Record> parse_record(std::string_view record);

/// What makes a batch full.
constexpr std::uint64_t kBatchBytes = 1'500'000;

/// Puts what comes into the spool, on the bus's thread, and brings it to the disk every so often on one of
/// its own.
class Intake {
  public:
    struct Events {
        std::function<void()> arrived;                     ///< a batch is full, or there is something again
        std::function<void(const spool::Error&)> refused;  ///< a message was not taken
        std::function<void(const std::string&)> not_synced;
        std::function<bool()> more_waits = [] { return false; };  ///< see Naps
    };
    Intake(spool::Spool& spool, std::chrono::milliseconds sync_after, Events events);
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// False: the broker is to keep it.
    bool take(const bus::Incoming& message);

  private:
    void keep_synced();

    spool::Spool& spool_;
    const std::chrono::milliseconds sync_after_;
    const Events events_;
    // The bus's thread's:
    std::string record_;
    Naps naps_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> unsynced_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sunherd::influx
