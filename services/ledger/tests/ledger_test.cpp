#include "ledger.hpp"

#include "history/reader.hpp"
#include "service/virtual_context.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace sunherd;
using namespace sunherd::ledger;
using namespace std::chrono_literals;

namespace {

/// A ledger with its folder, in a frame without a broker.
class Bench {
  public:
    Bench() {
        auto name = (std::filesystem::temp_directory_path() / "sunherd-ledger-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~Bench() {
        ledger.reset();
        std::filesystem::remove_all(folder);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void start() {
        ledger.reset();
        site::Site site;
        site.id = "home";
        site.time_zone = "Europe/Berlin";
        context = std::make_unique<service::VirtualContext>(site, folder);
        ledger = std::make_unique<Ledger>(*context);
    }
    void write(const history::Changes& changes) {
        history::Opened opened;
        REQUIRE(history::Store::open({.file = file()}, opened).value()->apply(changes));
    }
    void put_into_spool(int events) {
        const auto spool = spool::Spool::open({.directory = folder / "spool"});
        REQUIRE(spool);
        topics::Event event;
        event.code = "tested";
        event.time = *topics::parse_rfc3339("2026-06-21T10:00:00Z");
        for (int i = 0; i < events; ++i) {
            event.seq = next_seq++;
            REQUIRE((*spool)->append(to_record({.topic = names.event().name,
                                                .payload = topics::encode(event),
                                                .retained = false,
                                                .received = {}})));
        }
    }
    std::size_t events() {
        return history::Reader::open(file()).value()->events({.limit = 1000}).value().size();
    }
    std::filesystem::path file() const { return folder / "ledger.db"; }

    std::filesystem::path folder;
    topics::Names names{"sunherd", "home"};
    std::uint64_t next_seq = 1;
    std::unique_ptr<service::VirtualContext> context;
    std::unique_ptr<Ledger> ledger;
};

}  // namespace

TEST_CASE("what waits in a new spool is taken, whatever the database says of another one") {
    Bench bench;
    bench.write({.states = {{"spool", "57 1234 0123456789abcdef"}}});
    bench.put_into_spool(3);
    bench.start();
    CHECK(bench.events() == 3);
    bench.ledger.reset();
    std::filesystem::remove_all(bench.folder / "spool");
    bench.put_into_spool(2);
    bench.start();
    CHECK(bench.events() == 5);
}

TEST_CASE("a database that is older than what was released gets what the spool still has") {
    Bench bench;
    bench.put_into_spool(1);
    bench.start();
    bench.ledger.reset();
    const auto backup = bench.folder / "copy";
    std::filesystem::copy_file(bench.file(), backup);
    bench.put_into_spool(4);
    bench.start();
    CHECK(bench.events() == 5);
    bench.ledger.reset();
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(bench.file().string() + suffix);
    }
    std::filesystem::rename(backup, bench.file());
    bench.start();
    CHECK(bench.events() == 5);
}

TEST_CASE("a damaged end of the spool is cut, and that is said") {
    Bench bench;
    bench.put_into_spool(1);
    for (const auto& entry : std::filesystem::directory_iterator(bench.folder / "spool")) {
        if (entry.path().extension() == ".spool") {
            std::ofstream(entry.path(), std::ios::app | std::ios::binary) << "torn";
        }
    }
    bench.start();
    CHECK(bench.context->has_event("spool_damaged"));
    CHECK(bench.events() == 1);
}

TEST_CASE("housekeeping that the database refuses stops nothing") {
    Bench bench;
    history::Changes old;
    old.balances[*topics::parse_rfc3339("2001-01-01T00:00:00Z")] = {.pv_wh = 1};
    bench.write(old);
    {
        SQLite::Database database(bench.file().string(), SQLite::OPEN_READWRITE);
        database.exec("CREATE TRIGGER kept BEFORE DELETE ON balances BEGIN SELECT RAISE(ABORT, 'kept'); END");
    }
    bench.put_into_spool(2);
    bench.start();
    bench.context->pass(20s);
    CHECK(bench.events() == 2);
}

TEST_CASE("a session that ended while nobody could tell is told of at the start") {
    Bench bench;
    history::SessionRow row{.currency = "EUR"};
    row.session = {
        .id = "garage-1", .evse = "garage", .start = *topics::parse_rfc3339("2026-06-21T08:00:00Z")};
    row.session.end = row.session.start + 1h;
    row.totals.energy_wh = 500;
    bench.write({.sessions = {row}});
    bench.start();
    CHECK(bench.context->last(bench.names.session_last("garage")).session == "garage-1");
    CHECK(bench.context->last(bench.names.session_current("garage")).end_time == row.session.end);
}
