#include "a_store.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sunherd;
using namespace sunherd::history;
using namespace sunherd::history::testing;
using namespace std::chrono_literals;

namespace {

const Timestamp kTen = utc("2026-06-21T10:00:00Z");

}  // namespace

TEST_CASE("sessions come in pages, newest or oldest first, each once") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes;
    for (int i = 0; i < 100; ++i) {  // two of each begin together
        changes.sessions.push_back(session_row((i % 2 == 0 ? "garage-" : "left-") + std::to_string(i),
                                               i % 2 == 0 ? "garage" : "left", kTen + (i / 2) * 1h, 1));
    }
    REQUIRE(store->apply(changes));
    const auto reader = open_reader(folder);
    for (const bool newest_first : {true, false}) {
        SessionFilter filter{.newest_first = newest_first, .limit = 7};
        std::set<std::string> seen;
        std::optional<Timestamp> last;
        for (auto page = reader->sessions(filter).value(); !page.empty();
             page = reader->sessions(filter).value()) {
            for (const auto& row : page) {
                CHECK(seen.insert(row.session.id).second);
                CHECK((!last || (newest_first ? row.session.start <= *last : row.session.start >= *last)));
                last = row.session.start;
            }
            filter.after = {page.back().session.start, page.back().session.id};
        }
        CHECK(seen.size() == 100);
    }
    CHECK(reader->sessions({.evse = "left", .from = kTen + 10h, .to = kTen + 20h}).value().size() == 10);
    CHECK(reader->sessions({.vehicle = "blue"}).value().empty());
}

TEST_CASE("sums are of all pages, to the cent, and of what had energy") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes;
    for (int i = 0; i < 10; ++i) {
        auto row = session_row("garage-" + std::to_string(i), i < 7 ? "garage" : "left", kTen + i * 1h, 1000);
        row.totals.cost = 0.1;
        row.totals.co2_g = i == 9 ? std::nullopt : std::optional(100.0);
        changes.sessions.push_back(row);
    }
    changes.sessions.push_back(session_row("garage-empty", "garage", kTen, 0));
    REQUIRE(store->apply(changes));
    const auto reader = open_reader(folder);
    const auto all = reader->sum({.limit = 2}).value();
    CHECK(all.sessions == 10);
    CHECK(all.totals.energy_wh == 10'000);
    CHECK(all.totals.cost == 1.0);
    CHECK_FALSE(all.totals.co2_g);
    const auto garage = reader->sum({.evse = "garage", .from = kTen + 1h}).value();
    CHECK(garage.sessions == 6);
    CHECK(garage.totals.cost == 0.6);
    CHECK(garage.totals.co2_g == 600);
    const auto none = reader->sum({.vehicle = "nobody's"}).value();
    CHECK(none.sessions == 0);
    CHECK_FALSE(none.totals.cost);
}

TEST_CASE("the slot that holds at the beginning of a span belongs to it") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes;
    for (int i = 0; i < 10; ++i) {
        changes.prices.push_back(
            {"site", "EUR", {.start = kTen + i * 1h, .end = kTen + (i + 1) * 1h, .price_per_kwh = i * 1.0}});
    }
    REQUIRE(store->apply(changes));
    const auto prices = open_reader(folder)->prices("site", kTen + 150min, kTen + 4h, 100).value();
    REQUIRE(prices.size() == 2);
    CHECK(prices[0].slot.price_per_kwh == 2);
    CHECK(prices[1].slot.price_per_kwh == 3);
    CHECK(open_reader(folder)->prices("other", kTen, kTen + 4h, 100).value().empty());
}

TEST_CASE("events are filtered by what they are worth") {
    const Folder folder;
    const auto store = open_store(folder);
    Changes changes;
    for (const auto severity : {topics::Severity::info, topics::Severity::warning, topics::Severity::alarm}) {
        topics::Event event;
        event.time = kTen;
        event.severity = severity;
        event.text = "it's <b>odd</b>; DROP TABLE events";
        changes.events.push_back(event);
    }
    REQUIRE(store->apply(changes));
    const auto reader = open_reader(folder);
    CHECK(reader->events({}).value().size() == 3);
    const auto worse = reader->events({.severity = topics::Severity::warning}).value();
    REQUIRE(worse.size() == 2);
    CHECK(worse.front().event.severity == topics::Severity::alarm);
    CHECK(worse.front().event.text == changes.events.front().text);
    CHECK(reader->events({.before_id = worse.back().id}).value().size() == 1);
}

TEST_CASE("another number after each change") {
    const Folder folder;
    const auto store = open_store(folder);
    const auto reader = open_reader(folder);
    const auto before = reader->generation().value();
    CHECK(reader->generation().value() == before);
    Changes changes;
    changes.states["a"] = "b";
    REQUIRE(store->apply(changes));
    CHECK(reader->generation().value() != before);
}
