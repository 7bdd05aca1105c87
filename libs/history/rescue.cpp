#include "history/rescue.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
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
    const auto to = beside(file, topics::to_compact(now));
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

Result<void> rescue(const fs::path& file, Timestamp now, Opened& opened) {
    return guarded("setting aside " + file.string(), [&] {
        opened.set_aside = beside(file, "damaged-" + topics::to_compact(now));
        fs::rename(file, *opened.set_aside);
        for (const auto* suffix : {"-wal", "-shm"}) {  // they belong to what was damaged
            std::error_code none;
            fs::rename(with_suffix(file, suffix), with_suffix(*opened.set_aside, suffix), none);
        }
        for (const auto& backup : backups_of(file)) {
            if (!damage_of(backup)) {
                fs::copy_file(backup, file);
                opened.restored = backup;
                return;
            }
        }
    });
}

}  // namespace sunherd::history
