#pragma once

#include "http/http.hpp"
#include "site/site.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sunherd::influx {

/// Writes lines to InfluxDB's `/api/v2/write` in order, in batches, on a thread of its own. What can't be
/// written now waits in memory, 100,000 lines at most; the oldest go first, and are counted.
class InfluxWriter {
  public:
    /// What became of things; called on the writer's thread.
    struct Report {
        std::uint64_t written = 0;
        std::uint64_t dropped = 0;
        std::string trouble;  ///< empty: the last batch arrived
    };
    InfluxWriter(site::Influx target, std::function<void(Report)> on_report);
    ~InfluxWriter();
    InfluxWriter(const InfluxWriter&) = delete;
    InfluxWriter& operator=(const InfluxWriter&) = delete;

    void add(std::string line);
    std::size_t waiting() const;

  private:
    void run();
    bool wait_for_batch(std::unique_lock<std::mutex>& lock);
    bool send(const std::string& body, std::size_t lines);
    http::Request request(const std::string& body) const;
    void pause();

    site::Influx target_;
    std::function<void(Report)> on_report_;
    http::Client http_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    int failures_ = 0;
    std::thread thread_;
};

}  // namespace sunherd::influx
