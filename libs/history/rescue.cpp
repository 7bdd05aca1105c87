#include "history/rescue.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace sunherd::history {
namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& file, const std::string& what) {
    return file.parent_path() / (file.stem().string() + '-' + what + file.extension().string());
}

fs::path with_suffix(fs::path file, const char* suffix) {
    return file += suffix;
}

bool has_nothing(const fs::path& file) {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    return error == std::errc::no_such_file_or_directory || (!error && bytes == 0);
}

/// Waits until it is on the disk: a file, or the names in a folder.
void bring_to_disk(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    const std::error_code error(errno, std::generic_category());
    if (file >= 0) {
        ::close(file);
    }
    if (!done) {
        throw fs::filesystem_error("can't be brought to the disk", path, error);
    }
}

/// Half a copy must not be taken for the database: it gets its name when all of it is on the disk.
void copy_whole(const fs::path& from, const fs::path& to) {
    std::error_code ignored;
    try {
        fs::copy_file(from, to, fs::copy_options::overwrite_existing);
        bring_to_disk(to);
    } catch (...) {
        fs::remove(to, ignored);
        throw;
    }
}

void set_aside(const fs::path& file, const fs::path& aside) {
    if (fs::exists(file)) {
        fs::rename(file, aside);
    }
    for (const auto* suffix : {"-wal", "-shm"}) {  // they belong to what was damaged, or is gone
        std::error_code none;
        fs::rename(with_suffix(file, suffix), with_suffix(aside, suffix), none);
    }
}

}  // namespace

std::vector<fs::path> backups_of(const fs::path& file) {
    std::vector<fs::path> found;
    std::error_code error;
    const auto prefix = file.stem().string() + "-2";
    for (const auto& entry : fs::directory_iterator(file.parent_path(), error)) {
        if (entry.path().filename().string().starts_with(prefix) &&
            entry.path().extension() == file.extension()) {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found, std::greater<>());
    return found;
}

Result<fs::path> back_up(const fs::path& file, Timestamp now, std::size_t keep) {
    auto to = beside(file, topics::to_compact(now));
    const auto unfinished = with_suffix(to, ".part");
    auto done = guarded("backup to " + to.string(), [&] {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        SQLite::Database database(file.string(), SQLite::OPEN_READONLY, 5000);
        SQLite::Statement copy(database, "VACUUM INTO ?");
        copy.bind(1, unfinished.string());
        copy.exec();
        fs::rename(unfinished, to);
        return to;
    });
    const auto all = backups_of(file);
    std::error_code ignored;
    for (std::size_t i = keep; done && i < all.size(); ++i) {
        fs::remove(all[i], ignored);
    }
    if (!done) {
        fs::remove(unfinished, ignored);
    }
    return done;
}

std::optional<Trouble> damage_of(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) {
        return std::nullopt;
    }
    const auto checked = guarded("check of " + file.string(), [&] {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, 1000);
        return database.execAndGet("PRAGMA quick_check(1)").getString();
    });
    if (!checked) {
        return checked.error().kind == Trouble::Kind::damaged ? std::optional(checked.error()) : std::nullopt;
    }
    return *checked == "ok" ? std::nullopt
                            : std::optional(Trouble{Trouble::Kind::damaged, file.string() + ": " + *checked});
}

bool is_lost(const fs::path& file) {
    return has_nothing(file) && !backups_of(file).empty();
}

Result<void> rescue(const fs::path& file, Timestamp now, Opened& opened) {
    return guarded("setting aside " + file.string(), [&] {
        const auto copy = with_suffix(file, ".new");
        const auto backups = backups_of(file);
        const auto whole = std::ranges::find_if(
            backups, [](const auto& backup) { return !has_nothing(backup) && !damage_of(backup); });
        if (whole != backups.end()) {
            copy_whole(*whole, copy);
        }
        const auto aside = beside(file, "damaged-" + topics::to_compact(now));
        opened.set_aside = fs::exists(file) ? std::optional(aside) : std::nullopt;
        set_aside(file, aside);
        if (whole != backups.end()) {
            fs::rename(copy, file);
            opened.restored = *whole;
        }
        bring_to_disk(file.parent_path());
    });
}

}  // namespace sunherd::history
