#pragma once

#include "history/rows.hpp"
#include "history/trouble.hpp"

#include <filesystem>
#include <memory>

namespace sunherd::history {

struct EventRow {
    std::int64_t id = 0;
    topics::Event event{};
};
struct CommandRow {
    std::int64_t id = 0;
    topics::CommandResult command{};
};

/// Which sessions; of a page the next one goes on after its last row.
struct SessionFilter {
    std::optional<std::string> evse{};
    std::optional<std::string> vehicle{};
    Timestamp from{};  ///< that began then or later
    Timestamp to = Timestamp::max();
    struct Cursor {
        Timestamp start{};
        std::string id{};
    };
    std::optional<Cursor> after{};
    bool newest_first = true;
    std::size_t limit = 50;
};

/// What the sessions of a filter came to; those without energy don't count.
struct SessionSum {
    std::int64_t sessions = 0;
    sessions::Totals totals{};
};

struct WordFilter {
    Timestamp from{};
    Timestamp to = Timestamp::max();
    std::optional<std::int64_t> before_id{};
    std::optional<topics::Severity> severity{};  ///< of events: that or worse
    std::size_t limit = 50;
};

/// Who reads: one thread, beside the one that writes. Never writes, never locks it out.
class Reader {
  public:
    static Result<std::unique_ptr<Reader>> open(const std::filesystem::path& file);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Another number after each change by somebody else.
    Result<std::int64_t> generation();

    Result<std::vector<SessionRow>> sessions(const SessionFilter& filter);
    /// Of all pages: `after` and `limit` count for nothing.
    Result<SessionSum> sum(const SessionFilter& filter);
    Result<std::optional<SessionRow>> session(const std::string& id);
    Result<sessions::Slices> slices(const std::string& session);
    /// Slots of that span, in order of time.
    Result<std::vector<TariffSlot>> prices(const std::string& tariff, Timestamp from, Timestamp to,
                                           std::size_t limit);
    /// Quarters of an hour of that span, in order of time.
    Result<std::vector<TimedBalance>> balances(Timestamp from, Timestamp to, std::size_t limit);
    /// Local days that begin in that span, in order of time.
    Result<std::vector<DayBalance>> days(Timestamp from, Timestamp to);
    /// The newest first.
    Result<std::vector<EventRow>> events(const WordFilter& filter);
    Result<std::vector<CommandRow>> commands(const WordFilter& filter);

  private:
    struct Impl;
    explicit Reader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::history
