#include "history/reader.hpp"
#include "ledger_rig.hpp"
#include "support/asking.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <random>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

TEST_CASE("killed in mid-session again and again, nothing is lost and nothing counts twice") {
    LedgerRig rig;
    std::minstd_rand random(7);
    constexpr int kSeconds = 3600;
    rig.second(topics::Iec61851::C, kChargeW);
    for (int i = 0; i < kSeconds; ++i) {
        rig.second(topics::Iec61851::C, kChargeW);
        if (i % 400 == 200) {
            rig.kill();
            rig.seconds(static_cast<int>(random() % 50), topics::Iec61851::C, kChargeW);
            i += 50;
            rig.seconds(50, topics::Iec61851::B, 0);
            rig.start();
        }
    }

    const auto told = rig.await_end();
    const auto reader = history::Reader::open(rig.file()).value();
    const auto all = reader->sessions({}).value();
    REQUIRE(all.size() == 1);
    const auto& [session, totals, currency] = all.front();
    CHECK(session.id == told.session);
    CHECK(totals.energy_wh == Approx(told.energy_wh).margin(0.1));
    const auto balances = reader->balances({}, topics::Timestamp::max(), 1000).value();
    double evse_wh = 0;
    double imported_wh = 0;
    for (const auto& row : balances) {
        evse_wh += row.balance.evse_wh;
        imported_wh += row.balance.imported_wh;
    }
    CHECK(evse_wh == Approx(totals.energy_wh));
    // 500 W of the house all the time, the rest is the session's: a second lost or doubled would be seen.
    const double hours =
        std::chrono::duration<double, std::ratio<3600>>(*session.end - session.start).count();
    CHECK(imported_wh - evse_wh == Approx(500 * (hours + 9.0 / 3600)).margin(0.01));
    CHECK(session.duration_s == Approx(hours * 3600));
    CHECK(totals.cost == Approx(totals.energy_wh / 1000 * 0.3).margin(0.0051));
}

TEST_CASE("a database that is locked is waited for, and what came meanwhile is in it") {
    LedgerRig rig;
    rig.await_database(topics::Health::ok);
    SQLite::Database other(rig.file().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    rig.await_database(topics::Health::faulty);
    rig.recorder().forget();
    other.exec("ROLLBACK");
    rig.await_database(topics::Health::ok);
    CHECK(rig.await_end().energy_wh == Approx(99.5 * 2).margin(0.2));
}

TEST_CASE("a damaged database is set aside with a word, and a new one is begun") {
    LedgerRig rig;
    rig.await_database(topics::Health::ok);
    rig.stop();
    for (const auto& backup : std::filesystem::directory_iterator(rig.state_dir())) {
        if (backup.path().extension() == ".db") {
            std::ofstream(backup.path(), std::ios::binary) << std::string(20'000, 'x');
        }
    }
    rig.start();
    const auto event = rig.recorder().await<topics::Event>(
        rig.names.event(), [](const auto& each) { return each.code == "ledger_damaged"; });
    CHECK(event.severity == topics::Severity::alarm);
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    CHECK(rig.await_end().energy_wh > 190);
}

TEST_CASE("the price here is told, and what others tell of markets is written down") {
    LedgerRig rig;
    const auto now = rig.recorder().await<topics::TariffNow>(rig.names.tariff_now("site"),
                                                             [](const auto&) { return true; });
    CHECK(now.price_per_kwh == 0.3);
    rig.recorder().await<topics::TariffForecast>(
        rig.names.tariff_forecast("site"), [](const auto& forecast) { return !forecast.slots.empty(); });
    topics::TariffNow market;
    market.time = market.valid_from = *topics::parse_rfc3339("2026-06-21T10:00:00.000Z");
    market.valid_until = market.valid_from + 1h;
    market.currency = "EUR";
    market.price_per_kwh = -0.01;
    rig.recorder().publish(rig.names.tariff_now("market"), market);
    REQUIRE(ask_until([&] {
        const auto reader = history::Reader::open(rig.file());
        return reader &&
               (*reader)->prices("market", market.valid_from, market.valid_from + 1h, 9)->size() == 1;
    }));
}
