#pragma once

#include "bus/backoff.hpp"
#include "dead_letters.hpp"
#include "delivery.hpp"
#include "intake.hpp"
#include "line_protocol.hpp"
#include "spool/spool.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace sunherd::influx {

/// Brings what is in the spool to the database, in order, on a thread of its own: batches of `kBatchBytes`,
/// or what has come when the first of it is a second old. Nothing leaves the spool before the database has it
/// (or has refused it for good).
class Drain {
  public:
    /// How it went with a batch.
    struct Report {
        Outcome outcome;
        std::vector<std::pair<std::string, std::string>> bad{};  ///< topic and why, of the first few
        std::uint64_t bad_messages = 0;
        std::uint64_t damaged_bytes = 0;  ///< of the spool
        std::string disk_trouble{};
    };
    Drain(spool::Spool& spool, Database& database, DeadLetters& dead_letters, LineOptions options,
          std::function<std::string()> utc, std::function<void(Report)> on_report);
    /// Ends a request under way; the spool keeps what it held.
    ~Drain();
    Drain(const Drain&) = delete;
    Drain& operator=(const Drain&) = delete;

    /// From any thread: there is something, or a batch is full.
    void wake();

  private:
    void run();
    bool wait_for_batch();
    void pause(std::chrono::milliseconds time);
    void write_next();
    tl::expected<std::size_t, std::string> append(const Record& record);
    void make_lines(const spool::Batch& batch, Report& report);
    void finish(const spool::Batch& batch, Report& report);
    std::chrono::milliseconds pause_after(const Answer& trouble);

    spool::Spool& spool_;
    Database& database_;
    DeadLetters& dead_letters_;
    LineWriter writer_;
    const std::function<std::string()> utc_;
    const std::function<void(Report)> on_report_;
    Delivery delivery_;
    Lines lines_;
    int failures_in_a_row_ = 0;  // 500 for the batch at the mark
    bus::Backoff backoff_;
    std::chrono::steady_clock::time_point read_at_{};  // what came later is younger
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sunherd::influx
