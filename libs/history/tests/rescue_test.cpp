#include "history/rescue.hpp"

#include "a_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <fstream>

using namespace sunherd;
using namespace sunherd::history;
using namespace sunherd::history::testing;
using namespace std::chrono_literals;

namespace {

const Timestamp kTen = utc("2026-06-21T10:00:00Z");

void fill(Store& store, int sessions) {
    Changes changes;
    for (int i = 0; i < sessions; ++i) {
        changes.sessions.push_back(session_row("garage-" + std::to_string(i), "garage", kTen + i * 1h, 1));
    }
    REQUIRE(store.apply(changes));
}

void damage(const std::filesystem::path& file) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(4096 * 2);
    for (int i = 0; i < 4096 * 20; ++i) {
        out.put('\x5A');
    }
}

}  // namespace

TEST_CASE("a damaged database is set aside, and the newest whole backup takes its place") {
    const Folder folder;
    fill(*open_store(folder), 500);
    REQUIRE(back_up(folder.file(), kTen, 3));
    fill(*open_store(folder), 1000);
    const auto newest = back_up(folder.file(), kTen + 24h, 3).value();
    damage(newest);
    damage(folder.file());
    CHECK(damage_of(folder.file()));
    Opened opened;
    const auto store = open_store(folder, &opened);
    REQUIRE(opened.set_aside);
    CHECK(std::filesystem::exists(*opened.set_aside));
    REQUIRE(opened.restored);
    CHECK(opened.restored->filename() == "ledger-20260621T100000Z.db");
    CHECK(open_reader(folder)->sessions({.limit = 5000}).value().size() == 500);
}

TEST_CASE("without a backup an empty one takes its place") {
    const Folder folder;
    std::ofstream(folder.file())
        << "this is no database, whatever its name says; it is long enough to be read";
    Opened opened;
    const auto store = open_store(folder, &opened);
    CHECK(opened.set_aside);
    CHECK_FALSE(opened.restored);
    CHECK(opened.created);
    fill(*store, 1);
}

TEST_CASE("of backups the newest stay") {
    const Folder folder;
    fill(*open_store(folder), 1);
    for (int day = 0; day < 5; ++day) {
        REQUIRE(back_up(folder.file(), kTen + day * 24h, 3));
    }
    const auto all = backups_of(folder.file());
    REQUIRE(all.size() == 3);
    CHECK(all.front().filename() == "ledger-20260625T100000Z.db");
    CHECK(all.back().filename() == "ledger-20260623T100000Z.db");
}

TEST_CASE("an older version is backed up and migrated, a newer one is refused") {
    const Folder folder;
    { const auto store = open_store(folder); }
    SQLite::Database database(folder.file().string(), SQLite::OPEN_READWRITE);
    const int newest = database.execAndGet("PRAGMA user_version").getInt();
    database.exec("PRAGMA user_version = " + std::to_string(newest + 1));
    Opened opened;
    const auto refused = Store::open({.file = folder.file()}, opened);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("newer Sunherd") != std::string::npos);
    const auto read = Reader::open(folder.file());
    REQUIRE_FALSE(read);
    CHECK(read.error().text.find("expected " + std::to_string(newest)) != std::string::npos);
}

TEST_CASE("there is nothing to read before there is something") {
    const Folder folder;
    const auto reader = Reader::open(folder.file());
    REQUIRE_FALSE(reader);
    CHECK(reader.error().kind == Trouble::Kind::missing);
}

TEST_CASE("a folder that can't be written to is said, not thrown") {
    Opened opened;
    const auto store = Store::open({.file = "/proc/no/such/ledger.db"}, opened);
    REQUIRE_FALSE(store);
    CHECK(store.error().text.find("/proc/no/such/ledger.db") != std::string::npos);
}
