#include "a_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::history;
using namespace sunherd::history::testing;
using namespace std::chrono_literals;

namespace {

const Timestamp kTen = utc("2026-06-21T10:00:00Z");

}  // namespace

TEST_CASE("what is written is read again, also beside the writer and after it") {
    const Folder folder;
    SessionRow row = session_row("garage-1", "garage", kTen, 9500);
    row.session.mode = topics::ChargeMode::solar;
    row.session.vehicle = "blue";
    row.totals.co2_g = 12.5;
    {
        const auto store = open_store(folder);
        Changes changes{.sessions = {row}};
        changes.slices[{"garage-1", kTen}] = slice_at(kTen, 9500, 0.3);
        changes.states["evse/garage"] = "{}";
        REQUIRE(store->apply(changes));
        CHECK(open_reader(folder)->session("garage-1").value() == row);
        CHECK(store->states().value().at("evse/garage") == "{}");
    }
    const auto reader = open_reader(folder);
    CHECK(reader->session("garage-1").value() == row);
    CHECK(reader->slices("garage-1").value().at(kTen).price->price_per_kwh == 0.3);
    CHECK_FALSE(reader->session("garage-2").value());
}

TEST_CASE("balances add up, and a day is their sum") {
    const Folder folder;
    const auto store = open_store(folder);
    const Day day{"2026-06-21", utc("2026-06-20T22:00:00Z"), utc("2026-06-21T22:00:00Z")};
    for (int i = 0; i < 3; ++i) {
        Changes changes;
        changes.balances[kTen] = {.imported_wh = 10, .pv_wh = 5};
        changes.balances[kTen + 15min] = {.imported_wh = 1};
        changes.days = {day};
        REQUIRE(store->apply(changes));
    }
    const auto reader = open_reader(folder);
    const auto balances = reader->balances(kTen, kTen + 1h, 10).value();
    REQUIRE(balances.size() == 2);
    CHECK(balances[0].balance.imported_wh == 30);
    CHECK(balances[1].balance.imported_wh == 3);
    const auto days = reader->days(day.start, day.end).value();
    REQUIRE(days.size() == 1);
    CHECK(days[0].day.date == "2026-06-21");
    CHECK(days[0].balance.imported_wh == 33);
    CHECK(days[0].balance.pv_wh == 15);
}

TEST_CASE("a price that comes late is put where it was missing, and costs are made anew") {
    const Folder folder;
    const auto store = open_store(folder);
    auto row = session_row("garage-1", "garage", kTen, 3000);
    row.totals.cost = 0.30;
    row.totals.unpriced_wh = 2000;
    Changes changes{.sessions = {row}};
    changes.slices[{"garage-1", kTen}] = slice_at(kTen, 1000, 0.3);
    changes.slices[{"garage-1", kTen + 5min}] = slice_at(kTen + 5min, 1000);
    changes.slices[{"garage-1", kTen + 10min}] = slice_at(kTen + 10min, 1000);
    REQUIRE(store->apply(changes));
    REQUIRE(store->apply({.late_prices = {{.start = kTen, .end = kTen + 10min, .price_per_kwh = 0.5}}}));
    const auto after = open_reader(folder)->session("garage-1").value().value();
    CHECK(after.totals.cost == 0.80);
    CHECK(after.totals.unpriced_wh == 1000);
    CHECK(store->slices("garage-1").value().at(kTen).price->price_per_kwh == 0.3);
}

TEST_CASE("slots that are told again replace those that have not begun") {
    const Folder folder;
    const auto store = open_store(folder);
    const auto slot = [](std::chrono::minutes at, std::chrono::minutes length, double price) {
        return TariffSlot{
            "site", "EUR", {.start = kTen + at, .end = kTen + at + length, .price_per_kwh = price}};
    };
    REQUIRE(store->apply({.prices = {slot(0min, 60min, 1), slot(60min, 60min, 2)}}));
    REQUIRE(store->apply({.prices = {slot(0min, 15min, 3), slot(15min, 60min, 4)}}));
    const auto prices = open_reader(folder)->prices("site", kTen + 20min, kTen + 3h, 100).value();
    REQUIRE(prices.size() == 1);
    CHECK(prices[0].slot.price_per_kwh == 4);
    CHECK(store->prices_from(kTen).value().size() == 2);
}

TEST_CASE("all of a change is written or nothing") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes{.sessions = {session_row("garage-1", "garage", kTen, 1)}};
    topics::Event event;
    event.text = std::string("a\0b", 3);
    changes.events = {event};
    SQLite::Database other(folder.file().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    const auto refused = store->apply(changes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == Trouble::Kind::locked);
    CHECK(refused.error().text.find("writing") == 0);
    other.exec("COMMIT");
    CHECK(store->apply(changes));
    CHECK(open_reader(folder)->events({}).value().size() == 1);
}

TEST_CASE("what is old is forgotten, but for sessions and days") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes{.sessions = {session_row("garage-1", "garage", kTen, 1)}};
    changes.slices[{"garage-1", kTen}] = slice_at(kTen, 1);
    changes.balances[kTen] = {.pv_wh = 7};
    changes.days = {{"2026-06-21", kTen - 10h, kTen + 10h}};
    changes.prices = {{"site", "EUR", {.start = kTen, .end = kTen + 1h}}};
    changes.events = {{}};
    changes.commands = {{}};
    REQUIRE(store->apply(changes));
    REQUIRE(store->forget_before(kTen + 2h));
    const auto reader = open_reader(folder);
    CHECK(reader->session("garage-1").value());
    CHECK(reader->days(kTen - 24h, kTen).value().front().balance.pv_wh == 7);
    CHECK(reader->slices("garage-1").value().empty());
    CHECK(reader->balances(kTen, kTen + 1h, 9).value().empty());
    CHECK(reader->prices("site", kTen, kTen + 1h, 9).value().empty());
    CHECK(reader->events({}).value().empty());
    CHECK(reader->commands({}).value().empty());
}

TEST_CASE("a slot that begins within another one ends that") {
    const Folder folder;
    const auto store = open_store(folder);
    REQUIRE(
        store->apply({.prices = {{"site", "EUR", {.start = kTen, .end = kTen + 1h, .price_per_kwh = 1}}}}));
    REQUIRE(store->apply(
        {.prices = {{"site", "EUR", {.start = kTen + 30min, .end = kTen + 2h, .price_per_kwh = 2}}}}));
    const auto prices = store->prices_from(kTen).value();
    REQUIRE(prices.size() == 2);
    CHECK(prices[0].slot.end == kTen + 30min);
}

TEST_CASE("sessions that nobody follows any more are ended") {
    const Folder folder;
    const auto store = open_store(folder);
    auto followed = session_row("garage-1", "garage", kTen, 1);
    auto lost = session_row("left-1", "left", kTen, 1);
    followed.session.end.reset();
    lost.session.end.reset();
    lost.session.duration_s = 60;
    REQUIRE(store->apply({.sessions = {followed, lost}}));
    CHECK(store->end_all_but({"garage-1"}) == 1);
    CHECK(open_reader(folder)->session("left-1").value()->session.end == kTen + 1min);
    CHECK_FALSE(open_reader(folder)->session("garage-1").value()->session.end);
    CHECK(store->end_all_but({}) == 1);
}

TEST_CASE("the last session of each EVSE is found again") {
    const Folder folder;
    const auto store = open_store(folder);
    auto running = session_row("garage-3", "garage", kTen + 4h, 1);
    running.session.end.reset();
    REQUIRE(store->apply({.sessions = {session_row("garage-1", "garage", kTen, 1),
                                       session_row("garage-2", "garage", kTen + 2h, 1), running,
                                       session_row("left-1", "left", kTen, 1)}}));
    auto last = store->last_sessions().value();
    std::ranges::sort(last, {}, [](const auto& row) { return row.session.id; });
    REQUIRE(last.size() == 2);
    CHECK(last[0].session.id == "garage-2");
    CHECK(last[1].session.id == "left-1");
}

TEST_CASE("prices that come late reach the balances and their days, also in part") {
    const Folder folder;
    const auto store = open_store(folder);
    const Day day{"2026-06-21", utc("2026-06-20T22:00:00Z"), utc("2026-06-21T22:00:00Z")};
    Changes changes;
    changes.balances[kTen] = {.imported_wh = 4000,
                              .exported_wh = 1000,
                              .import_cost = 0.25,
                              .unpriced_import_wh = 3000,
                              .unpriced_export_wh = 1000};
    changes.balances[kTen + 1h] = {.imported_wh = 500, .unpriced_import_wh = 500};
    changes.days = {day};
    REQUIRE(store->apply(changes));
    const auto slot = [](std::chrono::minutes from, std::chrono::minutes to, double price) {
        return topics::PriceSlot{
            .start = kTen + from, .end = kTen + to, .price_per_kwh = price, .feed_in_per_kwh = 0.08};
    };
    REQUIRE(store->apply({.late_prices = {slot(0min, 5min, 0.1), slot(5min, 60min, 0.4)}}));
    const auto reader = open_reader(folder);
    const auto quarter = reader->balances(kTen, kTen + 1min, 1).value().at(0).balance;
    CHECK(quarter.imported_wh == 4000);
    CHECK(quarter.unpriced_import_wh == Approx(0).margin(1e-6));
    CHECK(quarter.unpriced_export_wh == Approx(0).margin(1e-6));
    CHECK(quarter.import_cost == Approx(0.25 + 1 * 0.1 + 2 * 0.4));
    CHECK(quarter.export_income == Approx(0.08));
    const auto sum = reader->days(day.start, day.end).value().at(0).balance;
    CHECK(sum.import_cost == Approx(0.25 + 1 * 0.1 + 2 * 0.4));
    CHECK(sum.export_income == Approx(0.08));
    CHECK(sum.imported_wh == 4500);
    CHECK(sum.unpriced_import_wh == Approx(500));
}

TEST_CASE("what comes late of a day whose quarters of an hour are forgotten is added to it") {
    const Folder folder;
    const auto store = open_store(folder);
    const Day day{"2026-06-21", utc("2026-06-20T22:00:00Z"), utc("2026-06-21T22:00:00Z")};
    for (const double wh : {100.0, 7.0}) {
        Changes changes;
        changes.balances[kTen] = {.pv_wh = wh};
        changes.days = {day};
        REQUIRE(store->apply(changes));
        REQUIRE(store->forget_before(kTen + 24h));
    }
    CHECK(open_reader(folder)->days(day.start, day.end).value().at(0).balance.pv_wh == 107);
}

TEST_CASE("the database has the slots that the book has, however they overlap") {
    const Folder folder;
    const auto store = open_store(folder);
    const auto slot = [](std::chrono::minutes from, std::chrono::minutes to, double price) {
        return TariffSlot{"site", "EUR", {.start = kTen + from, .end = kTen + to, .price_per_kwh = price}};
    };
    REQUIRE(store->apply({.prices = {slot(0min, 60min, 1), slot(90min, 150min, 2)}}));
    // As `tariffs::PriceBook` gives them: 10:00 to 10:15, and 10:45 to 11:45.
    REQUIRE(store->apply({.prices = {slot(0min, 15min, 3), slot(15min, 60min, 1)}}));
    REQUIRE(store->apply({.prices = {slot(60min, 105min, 4), slot(105min, 150min, 2)}}));
    const auto prices = store->prices_from(kTen).value();
    REQUIRE(prices.size() == 4);
    CHECK(prices[1].slot == slot(15min, 60min, 1).slot);
    CHECK(prices[3].slot == slot(105min, 150min, 2).slot);
}
