#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

/// Records on disk, in order, from one who appends to one who takes them away; they outlive both. Files of a
/// few MiB, each record with its length and checksum: what a crash tore is recognised and cut.
namespace sunherd::spool {

struct Options {
    std::filesystem::path directory;
    std::uint64_t file_bytes = 8ULL << 20;  ///< a file is closed after that much
    std::uint64_t most_bytes = 1ULL << 30;  ///< no more is taken than that waits
};

/// Of a record, or behind the last one.
struct Position {
    std::uint64_t file = 0;
    std::uint64_t offset = 0;
    auto operator<=>(const Position&) const = default;
};

enum class Refusal {
    full,  ///< `most_bytes` wait
    disk,  ///< the system's word is in `Error::text`
};
struct Error {
    Refusal refusal = Refusal::disk;
    std::string text;
};

/// What was found at the start.
struct Found {
    std::uint64_t bytes = 0;      ///< that wait
    std::uint64_t cut_bytes = 0;  ///< torn at the end, by a crash or a power cut, or damaged
    Position end{};               ///< behind the last whole record
};

/// What the reader gets at once: records of one file.
struct Batch {
    std::vector<std::string_view> records;  ///< in `data`
    Position end;                           ///< to `release` up to
    std::uint64_t damaged_bytes = 0;        ///< left out: their checksum is wrong
    std::unique_ptr<char[]> data;           // NOLINT: as large as what was read, and not cleared first
};

/// `append` is for one thread, `sync` for one, `read` and `release` for one; it may be the same.
class Spool {
  public:
    /// One at a time has a directory, also among processes.
    static tl::expected<std::unique_ptr<Spool>, Error> open(Options options);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Survives the end of this process when it returns, and a power cut when `sync` has. All of it, or
    /// nothing. How many bytes wait then.
    tl::expected<std::uint64_t, Error> append(std::string_view record);
    /// Waits for the disk; `append` goes on meanwhile.
    tl::expected<void, Error> sync();

    /// The next records from `from`, at most so many bytes of them (but at least one record).
    tl::expected<Batch, Error> read(Position from, std::uint64_t most_bytes) const;
    /// Those before `end` are done with: they will not be found again after a restart, and their files go.
    tl::expected<void, Error> release(Position end);

    /// Where reading begins after a start.
    Position released() const;
    /// Of the folder with what is in it, for as long as that lasts. A position that somebody keeps elsewhere
    /// is one of this spool only beside its id.
    const std::string& id() const { return id_; }
    std::uint64_t waiting_bytes() const;
    const Found& found() const { return found_; }

  private:
    explicit Spool(Options options);
    tl::expected<void, Error> recover();
    tl::expected<void, Error> begin_file(std::uint64_t number);
    std::vector<int> take_unsynced();
    std::filesystem::path path_of(std::uint64_t file) const;
    tl::expected<std::size_t, Error> read_data(Batch& batch, std::uint64_t left,
                                               std::uint64_t most_bytes) const;
    tl::expected<void, Error> write_mark(Position mark) const;
    Position read_mark() const;
    std::string read_id() const;
    std::string make_id() const;
    tl::expected<Position, Error> whole_end(std::uint64_t file, std::uint64_t size) const;

    Options options_;
    std::string id_;
    Found found_;
    int directory_ = -1;  // locked as long as we have it
    std::string record_;  // as it goes to the disk; the appending thread's
    mutable std::mutex mutex_;
    int file_ = -1;                                 // that is appended to
    Position end_;                                  // behind the last whole record
    Position mark_;                                 // before which all is done with
    std::map<std::uint64_t, std::uint64_t> sizes_;  // of all files from the mark's on
    std::uint64_t bytes_ = 0;                       // of all of them
    std::vector<int> full_;                         // files behind which `file_` began, not yet synced
    bool unsynced_ = false;
};

}  // namespace sunherd::spool
