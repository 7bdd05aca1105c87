#include "history/rescue.hpp"

#include "a_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <csignal>
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

TEST_CASE("where a backup can't be copied, the database stays where it is until it can") {
    const Folder folder;
    fill(*open_store(folder), 500);
    REQUIRE(back_up(folder.file(), kTen, 3));
    damage(folder.file());
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 64 << 10, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    Opened opened;
    const auto refused = Store::open({.file = folder.file()}, opened);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, old);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("setting aside") == 0);
    CHECK_FALSE(opened.set_aside);
    CHECK(damage_of(folder.file()));
    const auto store = open_store(folder, &opened);
    CHECK(opened.restored);
    CHECK(open_reader(folder)->sessions({.limit = 5000}).value().size() == 500);
}

TEST_CASE("a database that is gone or empty comes back from its backup") {
    for (const bool empty : {false, true}) {
        const Folder folder;
        fill(*open_store(folder), 20);
        REQUIRE(back_up(folder.file(), kTen, 3));
        std::filesystem::remove(folder.file());
        if (empty) {
            std::ofstream(folder.file()).close();
        }
        Opened opened;
        const auto store = open_store(folder, &opened);
        CHECK(opened.restored);
        CHECK_FALSE(opened.created);
        CHECK(open_reader(folder)->sessions({.limit = 50}).value().size() == 20);
    }
}

TEST_CASE("the first version gets what is new, and keeps what it has") {
    const Folder folder;
    fill(*open_store(folder), 3);
    {
        SQLite::Database database(folder.file().string(), SQLite::OPEN_READWRITE);
        database.exec("ALTER TABLE balances DROP COLUMN unpriced_export_wh");
        database.exec("ALTER TABLE days DROP COLUMN unpriced_export_wh");
        database.exec("PRAGMA user_version = 1");
    }
    Opened opened;
    const auto store = open_store(folder, &opened);
    CHECK(opened.migrated_from == 1);
    Changes changes;
    changes.balances[kTen] = {.unpriced_export_wh = 5};
    REQUIRE(store->apply(changes));
    CHECK(open_reader(folder)->balances(kTen, kTen + 1h, 1).value().at(0).balance.unpriced_export_wh == 5);
    CHECK(open_reader(folder)->sessions({}).value().size() == 3);
}
