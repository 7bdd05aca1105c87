#include "spool/spool.hpp"

#include "spool/disk.hpp"
#include "spool/record.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>
#include <utility>

namespace sunherd::spool {
namespace {

constexpr auto kExtension = ".spool";
constexpr std::size_t kIdDigits = 16;

/// Whole records at the beginning.
std::uint64_t whole_bytes(std::string_view data) {
    std::uint64_t whole = 0;
    while (const auto parsed = from_disk(data.substr(whole))) {
        whole += parsed->bytes;
    }
    return whole;
}

/// Behind a damaged record nobody knows where the next one begins, but that one does at the mark.
std::uint64_t next_known(Position at, Position mark, std::uint64_t size) {
    return at < mark && mark.file == at.file && mark.offset <= size ? mark.offset : size;
}

}  // namespace

tl::expected<std::unique_ptr<Spool>, Error> Spool::open(Options options) {
    std::error_code failed;
    std::filesystem::create_directories(options.directory, failed);
    if (failed) {
        return tl::unexpected(
            Error{Refusal::disk, options.directory.string() + ": can't be made: " + failed.message()});
    }
    std::unique_ptr<Spool> spool(new Spool(std::move(options)));
    spool->directory_ = ::open(spool->options_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool->directory_ < 0 || ::flock(spool->directory_, LOCK_EX | LOCK_NB) != 0) {
        return disk_error("is in use by another process", spool->options_.directory);
    }
    if (auto recovered = spool->recover(); !recovered) {
        return tl::unexpected(recovered.error());
    }
    return spool;
}

Spool::Spool(Options options) : options_(std::move(options)) {}

Spool::~Spool() {
    if (directory_ >= 0) {
        ::close(directory_);
    }
    for (const int file : full_) {
        ::close(file);
    }
    if (file_ >= 0) {
        ::close(file_);
    }
}

std::filesystem::path Spool::path_of(std::uint64_t file) const {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "%016llx%s", static_cast<unsigned long long>(file), kExtension);
    return options_.directory / name.data();
}

tl::expected<void, Error> Spool::recover() {
    for (const auto& entry : std::filesystem::directory_iterator(options_.directory)) {
        std::uint64_t number = 0;
        std::istringstream name(entry.path().stem().string());
        if (entry.path().extension() == kExtension && name >> std::hex >> number) {
            sizes_[number] = entry.file_size();
        }
    }
    mark_ = read_mark();
    // An id of files that are gone would vouch for positions in them.
    id_ = sizes_.empty() && mark_ == Position{} ? std::string() : read_id();
    id_ = id_.empty() ? make_id() : id_;
    for (auto file = sizes_.begin(); file != sizes_.end() && file->first < mark_.file;) {
        std::filesystem::remove(path_of(file->first));
        file = sizes_.erase(file);
    }
    if (sizes_.empty()) {
        mark_ = {.file = mark_.file + 1, .offset = 0};
        found_.end = mark_;
        return begin_file(mark_.file);
    }
    if (sizes_.begin()->first > mark_.file) {
        mark_ = {.file = sizes_.begin()->first, .offset = 0};
    }
    // Older files were closed whole; only the last one can be torn.
    const auto [last, size] = *sizes_.rbegin();
    const auto whole = whole_end(last, size);
    if (!whole) {
        return tl::unexpected(whole.error());
    }
    end_ = found_.end = *whole;
    found_.cut_bytes = size - end_.offset;
    sizes_[last] = end_.offset;
    for (const auto& [file, bytes] : sizes_) {
        bytes_ += bytes;
    }
    mark_ = std::min(mark_, end_);
    file_ = ::open(path_of(last).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file_ < 0 || ::ftruncate(file_, static_cast<off_t>(end_.offset)) != 0) {
        return disk_error("can't be opened", path_of(last));
    }
    found_.bytes = waiting_bytes();
    return {};
}

/// Where whole records end. What is damaged before the mark is done with: it does not cost what waits behind
/// it. A mark between two records would seem to be such an end, so that the beginning is tried, too.
tl::expected<Position, Error> Spool::whole_end(std::uint64_t file, std::uint64_t size) const {
    std::string data(size, '\0');
    const auto there = read_from(path_of(file), 0, data.data(), size);
    if (!there) {
        return tl::unexpected(there.error());
    }
    const std::string_view all(data.data(), *there);
    auto end = whole_bytes(all);
    if (mark_.file == file && mark_.offset <= all.size()) {
        end = std::max(end, mark_.offset + whole_bytes(all.substr(mark_.offset)));
    }
    return Position{.file = file, .offset = end};
}

/// Where the name is on disk, too, before anything is in it.
tl::expected<void, Error> Spool::begin_file(std::uint64_t number) {
    const int next =
        ::open(path_of(number).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (next < 0) {
        return disk_error("can't be made", path_of(number));
    }
    ::fsync(directory_);
    const std::lock_guard lock(mutex_);
    if (file_ >= 0) {
        full_.push_back(file_);
    }
    file_ = next;
    end_ = {.file = number, .offset = 0};
    sizes_[number] = 0;
    return {};
}

tl::expected<std::uint64_t, Error> Spool::append(std::string_view record) {
    if (record.size() > kMostRecordBytes) {
        return tl::unexpected(Error{Refusal::disk, "a record of " + std::to_string(record.size()) +
                                                       " bytes is more than a spool takes"});
    }
    if (waiting_bytes() + kHeadBytes + record.size() > options_.most_bytes) {
        return tl::unexpected(Error{Refusal::full, options_.directory.string() + ": " +
                                                       std::to_string(options_.most_bytes) + " bytes wait"});
    }
    if (end_.offset >= options_.file_bytes) {
        if (auto begun = begin_file(end_.file + 1); !begun) {
            return tl::unexpected(begun.error());
        }
    }
    record_.clear();
    to_disk(record, record_);
    if (!write_all(file_, record_)) {
        auto error = disk_error("can't be written", path_of(end_.file));
        // What was written of it would be taken for a torn end, and all behind it, too.
        if (::ftruncate(file_, static_cast<off_t>(end_.offset)) != 0) {
            error.value().text += "; and not cut";
        }
        return error;
    }
    const std::lock_guard lock(mutex_);
    end_.offset += record_.size();
    sizes_.rbegin()->second = end_.offset;
    bytes_ += record_.size();
    unsynced_ = true;
    return bytes_ - std::min(bytes_, mark_.offset);
}

/// Files to sync and to close, also the one that is appended to.
std::vector<int> Spool::take_unsynced() {
    const std::lock_guard lock(mutex_);
    std::vector<int> files = std::exchange(full_, {});
    if (std::exchange(unsynced_, false)) {
        files.push_back(::fcntl(file_, F_DUPFD_CLOEXEC, 0));
    }
    return files;
}

tl::expected<void, Error> Spool::sync() {
    bool failed = false;
    for (const int number : take_unsynced()) {
        const File file(number);
        failed = ::fdatasync(number) != 0 || failed;
    }
    if (failed) {
        return disk_error("can't be brought to the disk", options_.directory);
    }
    return {};
}

tl::expected<Batch, Error> Spool::read(Position from, std::uint64_t most_bytes) const {
    Batch batch{.records = {}, .end = from, .damaged_bytes = 0, .data = {}};
    std::uint64_t size = 0;
    const auto mark = released();
    {
        const std::lock_guard lock(mutex_);
        auto here = sizes_.lower_bound(from.file);
        if (here != sizes_.end() && here->first == from.file && from.offset >= here->second &&
            std::next(here) != sizes_.end()) {
            ++here;  // that one is read
        }
        if (here == sizes_.end()) {
            return batch;
        }
        if (here->first > from.file) {
            batch.end = {.file = here->first, .offset = 0};
        }
        size = here->second;
    }
    if (batch.end.offset >= size) {
        return batch;
    }
    const std::uint64_t left = size - batch.end.offset;
    const auto read = read_data(batch, left, most_bytes);
    if (!read) {
        return tl::unexpected(read.error());
    }
    std::string_view rest(batch.data.get(), *read);
    std::uint64_t taken = 0;
    while (!rest.empty() && taken < most_bytes) {
        const auto parsed = from_disk(rest);
        if (!parsed) {
            break;
        }
        batch.records.emplace_back(parsed->record);
        taken += parsed->bytes;
        rest.remove_prefix(parsed->bytes);
    }
    batch.end.offset += taken;
    const auto said = bytes_said(rest);
    const bool goes_on = taken + rest.size() < left;  // more of the file than was read
    const bool cut = goes_on && (!said || (*said > rest.size() && *said <= left - taken));
    if (!rest.empty() && taken < most_bytes && !cut) {
        const auto next = next_known(batch.end, mark, size);
        batch.damaged_bytes = next - batch.end.offset;
        batch.end.offset = next;
    }
    return batch;
}

/// As much as was asked for, or one whole record that is larger.
tl::expected<std::size_t, Error> Spool::read_data(Batch& batch, std::uint64_t left,
                                                  std::uint64_t most_bytes) const {
    const auto path = path_of(batch.end.file);
    auto wanted = std::min(left, std::max<std::uint64_t>(most_bytes, kHeadBytes));
    for (;;) {
        batch.data = std::make_unique_for_overwrite<char[]>(wanted);  // NOLINT: see Batch
        auto read = read_from(path, batch.end.offset, batch.data.get(), wanted);
        const auto said = read ? bytes_said({batch.data.get(), *read}) : std::nullopt;
        if (!said || *said <= wanted || *said > left) {
            return read;
        }
        wanted = *said;
    }
}

tl::expected<void, Error> Spool::release(Position end) {
    std::vector<std::uint64_t> done;
    {
        const std::lock_guard lock(mutex_);
        mark_ = std::max(mark_, std::min(end, end_));
        while (!sizes_.empty() && sizes_.begin()->first < mark_.file) {
            done.push_back(sizes_.begin()->first);
            bytes_ -= sizes_.begin()->second;
            sizes_.erase(sizes_.begin());
        }
    }
    // Also where the mark can't be written, as on a full disk: this makes room. A mark that points to a file
    // which is gone means the next one.
    for (const auto file : done) {
        std::error_code ignored;
        std::filesystem::remove(path_of(file), ignored);
    }
    return write_mark(released());
}

/// Written anew and renamed: whole or not at all. A power cut may bring the one before it back; then some
/// records are read twice.
tl::expected<void, Error> Spool::write_mark(Position mark) const {
    const auto path = options_.directory / "mark";
    const auto next = options_.directory / "mark.new";
    std::ofstream out(next, std::ios::trunc);
    out << mark.file << ' ' << mark.offset << " .\n";
    out.close();
    std::error_code failed;
    if (out) {
        std::filesystem::rename(next, path, failed);
    }
    if (!out || failed) {
        return disk_error("can't be written", path);
    }
    return {};
}

/// Where there is none that makes sense: the beginning.
Position Spool::read_mark() const {
    std::ifstream in(options_.directory / "mark");
    Position mark;
    std::string end;
    return in >> mark.file >> mark.offset >> end && end == "." ? mark : Position{};
}

/// Empty: there is none.
std::string Spool::read_id() const {
    std::ifstream in(options_.directory / "id");
    std::string id;
    return in >> id && id.size() == kIdDigits ? id : std::string();
}

/// Where it can't be kept, as on a full disk, it counts until the end of the process: then positions that
/// were told beside it don't, and reading begins at the mark.
std::string Spool::make_id() const {
    std::random_device random;
    std::array<char, kIdDigits + 1> id{};
    std::snprintf(id.data(), id.size(), "%08x%08x", random(), random());
    const auto next = options_.directory / "id.new";
    const File file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (file.number() >= 0 && write_all(file.number(), {id.data(), kIdDigits}) &&
        ::fsync(file.number()) == 0) {
        std::error_code ignored;
        std::filesystem::rename(next, options_.directory / "id", ignored);
        ::fsync(directory_);
    }
    return id.data();
}

Position Spool::released() const {
    const std::lock_guard lock(mutex_);
    return mark_;
}

std::uint64_t Spool::waiting_bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_ - std::min(bytes_, mark_.offset);
}

}  // namespace sunherd::spool
