#pragma once

#include "bus/backoff.hpp"
#include "http/http.hpp"
#include "site/site.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sunherd::influx {

/// Writes lines to InfluxDB's `/api/v2/write` in order, in batches (5,000 lines, 512 KiB or 1 s old), on a
/// thread of its own. What can't be written now waits in memory and is tried again after pauses of up to 5 s;
/// beyond 100,000 lines the oldest go, and are counted.
class InfluxWriter {
  public:
    /// How it went with a batch; called on the writer's thread.
    struct Report {
        std::uint64_t written = 0;
        std::uint64_t dropped = 0;  ///< for lack of room, or refused by the server
        bool refused = false;       ///< the server doesn't want these lines: they are gone
        bool silent = false;        ///< no answer at all
        std::string trouble;        ///< empty: the batch arrived
    };
    InfluxWriter(site::Influx target, std::function<void(Report)> on_report);
    /// Ends a request under way; lines that wait are gone.
    ~InfluxWriter();
    InfluxWriter(const InfluxWriter&) = delete;
    InfluxWriter& operator=(const InfluxWriter&) = delete;

    void add(std::string line);
    /// Tries once more to write what waits; at most so long. How many lines are left.
    std::size_t finish(std::chrono::milliseconds limit);

  private:
    void run();
    bool wait_for_batch(std::unique_lock<std::mutex>& lock);
    std::string take_batch();
    bool is_finishing();
    bool deliver(const std::string& body);
    Report send(const std::string& body);
    http::Request request(const std::string& body) const;

    site::Influx target_;
    std::function<void(Report)> on_report_;
    http::Client http_;
    bus::Backoff backoff_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    std::size_t in_hand_ = 0;  ///< lines of the batch that is being written
    std::uint64_t dropped_ = 0;
    bool finishing_ = false;
    bool stopping_ = false;
    bool done_ = false;
    std::thread thread_;
};

}  // namespace sunherd::influx
