#pragma once

#include "history/rows.hpp"
#include "history/trouble.hpp"

#include <filesystem>
#include <memory>

namespace sunherd::history {

/// What happened while the database was opened, for an event each.
struct Opened {
    bool created = false;
    int migrated_from = 0;                             ///< 0: not
    std::optional<std::filesystem::path> backup{};     ///< made before the migration
    std::optional<std::filesystem::path> set_aside{};  ///< the damaged one
    std::optional<std::filesystem::path> restored{};   ///< from that backup
};

/// Backups that stay: days, and those of before a migration.
constexpr std::size_t kKeptBackups = 3;

/// Who writes: one thread of one process. Others may read meanwhile (write-ahead log).
class Store {
  public:
    struct Options {
        std::filesystem::path file;
        std::chrono::milliseconds patience{1000};  ///< with somebody who holds a lock
    };
    /// Checks it, and brings it to the newest version, with a backup before. One that is damaged is set
    /// aside, and the newest backup that is whole takes its place, or an empty one; also of one that is gone.
    static Result<std::unique_ptr<Store>> open(const Options& options, Opened& opened);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// All of it or nothing.
    Result<void> apply(const Changes& changes);

    Result<std::map<std::string, std::string>> states();
    Result<sessions::Slices> slices(const std::string& session);
    /// The last session of each EVSE that has ended.
    Result<std::vector<SessionRow>> last_sessions();
    Result<std::vector<TariffSlot>> prices_from(Timestamp from);

    /// Sessions that have no end and are not among those: after a backup took a database's place, say. How
    /// many.
    Result<int> end_all_but(const std::vector<std::string>& running);

    /// Quarters of an hour, slices, prices, events and commands of before go; sessions and days stay.
    Result<void> forget_before(Timestamp moment);

  private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A copy that is whole, beside the database: `ledger-20260621T101500Z.db`; the newest `keep` of them stay.
/// From any thread, with a connection of its own.
Result<std::filesystem::path> back_up(const std::filesystem::path& file, Timestamp now, std::size_t keep);

/// Backups beside the database, the newest first.
std::vector<std::filesystem::path> backups_of(const std::filesystem::path& file);

}  // namespace sunherd::history
