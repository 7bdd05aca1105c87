#include "book_bench.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace sunherd;
using namespace sunherd::ledger;
using namespace sunherd::ledger::testing;
using topics::Iec61851;

namespace {

site::Site priced_site() {
    auto site = a_site();
    site.tariff = site::Tariff{.energy_per_kwh = 0.30, .feed_in_per_kwh = 0.08};
    return site;
}

/// So many seconds of charging with 7200 W, half of it from the sun.
void charge(
    Bench& bench, int seconds, const std::function<void(int)>& meanwhile = [](int) {}) {
    for (int i = 0; i < seconds; ++i) {
        bench.pass(1s);
        bench.tell(bench.names.pv("roof"), pv(4600));
        bench.tell(bench.names.grid(), grid(3600));
        bench.tell(bench.names.evse_state("garage"), evse_state(Iec61851::C, 7200));
        meanwhile(i);
    }
}

void unplug(Bench& bench) {
    for (int i = 0; i < 10; ++i) {
        bench.pass(1s);
        bench.tell(bench.names.evse_state("garage"), evse_state(Iec61851::A, 0));
    }
    bench.write();
}

}  // namespace

TEST_CASE("a session with its sources and its cost") {
    Bench bench(priced_site());
    topics::ControlEvse control;
    control.mode = topics::ChargeMode::eco;
    bench.tell(bench.names.control_evse("garage"), control, true);
    topics::VehicleState vehicle;
    vehicle.name = "Blue";
    vehicle.evse = "garage";
    bench.tell(bench.names.vehicle_state("blue"), vehicle, true);
    charge(bench, 3601);
    bench.write();
    CHECK_FALSE(bench.only_session().session.end);
    unplug(bench);
    const auto& [session, totals, currency] = bench.only_session();
    CHECK(session.end);
    CHECK(session.mode == topics::ChargeMode::eco);
    CHECK(session.vehicle == "Blue");
    CHECK(totals.energy_wh == Approx(7200).margin(3));
    CHECK(totals.sun_wh == Approx(3600).margin(3));
    CHECK(totals.grid_wh == Approx(3600).margin(3));
    CHECK(totals.cost == Approx(3.6 * 0.30 + 3.6 * 0.08).margin(0.006));
    CHECK(currency == "EUR");
    CHECK(bench.slices.at(session.id).size() == 13);
}

TEST_CASE("the site's energies by quarters of an hour") {
    Bench bench(priced_site());
    charge(bench, 1800);
    bench.write();
    REQUIRE(bench.balances.size() == 2);
    for (const auto& [start, balance] : bench.balances) {
        CHECK(balance.pv_wh == Approx(1150).margin(2));
        CHECK(balance.imported_wh == Approx(900).margin(2));
        CHECK(balance.evse_wh == Approx(1800).margin(4));
        CHECK(balance.house_wh() == Approx(250).margin(5));
        CHECK(balance.import_cost == Approx(0.9 * 0.30).margin(0.001));
        CHECK(balance.unpriced_import_wh == 0);
    }
}

TEST_CASE("killed at any moment, nothing is lost and nothing counts twice") {
    Bench plain(priced_site());
    Bench killed(priced_site());
    std::minstd_rand random(42);
    charge(plain, 2000);
    unplug(plain);
    charge(killed, 2000, [&](int) {
        killed.again();  // the broker did not get our acknowledgement
        if (random() % 20 == 0) {
            killed.write();
            if (random() % 3 == 0) {
                killed.restart();
            }
        }
    });
    unplug(killed);
    CHECK(killed.sessions == plain.sessions);
    for (const auto& [start, balance] : plain.balances) {
        CHECK(killed.balances[start].imported_wh == Approx(balance.imported_wh));
        CHECK(killed.balances[start].evse_wh == Approx(balance.evse_wh));
    }
}

TEST_CASE("a session without prices gets its cost when they come") {
    auto site = a_site();
    site.tariff = site::Tariff{.slots = "market", .fees_per_kwh = 0.10};
    Bench bench(site);
    charge(bench, 1000);
    unplug(bench);
    CHECK_FALSE(bench.only_session().totals.cost);
    topics::TariffForecast forecast;
    forecast.currency = "EUR";
    forecast.slots = {{.start = bench.now - 1h, .end = bench.now, .price_per_kwh = 0.2}};
    bench.tell(bench.names.tariff_forecast("market"), forecast);
    bench.write();
    REQUIRE(bench.late_prices.size() == 1);
    CHECK(bench.late_prices.front().price_per_kwh == Approx(0.3));
}

TEST_CASE("a session that runs gets prices that come late") {
    auto site = a_site();
    site.tariff = site::Tariff{.slots = "market"};
    Bench bench(site);
    charge(bench, 1000);
    bench.write();
    topics::TariffNow now;
    now.currency = "EUR";
    now.price_per_kwh = 0.5;
    now.valid_from = bench.now - 1h;
    now.valid_until = bench.now + 1h;
    bench.tell(bench.names.tariff_now("market"), now);
    charge(bench, 10);
    bench.write();
    CHECK(bench.only_session().totals.unpriced_wh == 0);
    CHECK(bench.only_session().totals.cost.value_or(0) > 0.4);
}

TEST_CASE("retained readings are of long ago, retained prices are not") {
    Bench bench(a_site());
    bench.tell(bench.names.evse_state("garage"), evse_state(Iec61851::C, 7200), true);
    bench.write();
    CHECK(bench.sessions.empty());
    topics::TariffNow now;
    now.currency = "SEK";
    now.price_per_kwh = 2.5;
    now.valid_from = bench.now;
    bench.tell(bench.names.tariff_now("market"), now, true);
    CHECK(bench.book->prices().at(bench.now)->price_per_kwh == 2.5);
    CHECK(bench.book->prices().currency() == "SEK");
}

TEST_CASE("devices that are asked seldom are known until several of their readings are missing") {
    auto site = priced_site();
    site::Device roof;
    roof.id = "roof";
    roof.role = site::Role::pv;
    roof.poll = 120s;
    site.devices = {roof};
    site.evses.front().poll = 120s;
    Bench bench(site);
    for (int second = 0; second <= 3600; ++second, bench.pass(1s)) {
        bench.tell(bench.names.grid(), grid(-500));
        if (second % 120 == 0) {
            bench.tell(bench.names.pv("roof"), pv(7700));
        }
        if (second % 120 == 60 || second == 0) {
            bench.tell(bench.names.evse_state("garage"), evse_state(Iec61851::C, 7200, 5000));
        }
    }
    unplug(bench);
    const auto& [session, totals, currency] = bench.only_session();
    CHECK(session.charging_s == Approx(3600).margin(61));
    CHECK(totals.energy_wh == Approx(7200).margin(121));
    CHECK(totals.sun_wh == Approx(totals.energy_wh).margin(121));  // not known once nothing flows
    double pv_wh = 0;
    for (const auto& [start, balance] : bench.balances) {
        pv_wh += balance.pv_wh;
    }
    CHECK(pv_wh == Approx(7700));
}

TEST_CASE("what an EVSE draws while nobody charges is the building's, and no session's") {
    Bench bench(priced_site());
    topics::EvseState state;
    state.session_energy_wh = 9000;
    state.power_w = 300;
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.tell(bench.names.evse_state("garage"), state);
    }
    state.state = Iec61851::C;
    state.session_energy_wh = 0;
    bench.tell(bench.names.evse_state("garage"), state);
    unplug(bench);
    CHECK(bench.only_session().totals.energy_wh < 1);
    double evse_wh = 0;
    for (const auto& [start, balance] : bench.balances) {
        evse_wh += balance.evse_wh;
    }
    CHECK(evse_wh == Approx(300).margin(1));
}

TEST_CASE("a database of before knows nothing of what was settled ahead, and is read") {
    const std::string state = R"({"meter":{"time":"2026-06-21T10:00:00Z","power_w":7200.0,)"
                              R"("counter_wh":5000.0,"counted_at":"2026-06-21T09:00:00Z"},)"
                              R"("session":{"id":"garage-20260621T090000Z","evse":"garage",)"
                              R"("start":"2026-06-21T09:00:00Z","duration_s":3600.0,"charging_s":3600.0,)"
                              R"("peak_power_w":7200.0,"interruptions":0},)"
                              R"("plugged_at":"2026-06-21T10:00:00Z","unplugged_s":0.0,"charging":true,)"
                              R"("has_charged":true,"total_counter":true})";
    CHECK(Book::running_sessions({{"evse:garage", state}}) ==
          std::vector<std::string>{"garage-20260621T090000Z"});
}

TEST_CASE("what is told while a session runs, and when it ends") {
    Bench bench(priced_site());
    charge(bench, 100);
    bench.write();
    auto told = bench.book->running();
    REQUIRE(told.size() == 1);
    CHECK(told.front().evse == "garage");
    CHECK_FALSE(told.front().session.end_time);
    CHECK(told.front().session.energy_wh == Approx(198).margin(1));
    CHECK(bench.book->running().empty());
    unplug(bench);
    const auto ended = bench.book->ended();
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().session.end_time);
    CHECK(bench.book->ended().empty());
}

TEST_CASE("what can't be read is refused, and what floods is bounded") {
    Bench bench(a_site());
    CHECK(bench.raw("sunherd/home/evse/garage/state", "{}"));
    CHECK(bench.raw("sunherd/other/evse/garage/state", "{}"));
    CHECK(bench.raw("sunherd/home/building/grid", std::string(100'000, '[')));
    topics::Event event;
    for (int i = 0; i < 2000; ++i) {
        bench.tell(bench.names.event(), event);
        bench.tell(bench.names.evse_state("e" + std::to_string(i)), evse_state(Iec61851::B, 0));
        bench.tell(bench.names.pv("p" + std::to_string(i)), pv(1));
        bench.tell(bench.names.tariff_now("t" + std::to_string(i)), topics::TariffNow{});
    }
    bench.write();
    CHECK(bench.events == Book::kMostWords);
    CHECK(bench.sessions.size() == Book::kMostEvses);
}

TEST_CASE("which car and which mode there are survives a restart") {
    Bench bench(priced_site());
    topics::ControlEvse control;
    control.mode = topics::ChargeMode::eco;
    bench.tell(bench.names.control_evse("garage"), control);
    topics::VehicleState vehicle;
    vehicle.name = "Blue";
    vehicle.evse = "garage";
    bench.tell(bench.names.vehicle_state("blue"), vehicle);
    bench.write();
    bench.restart();
    charge(bench, 10);
    bench.write();
    CHECK(bench.only_session().session.mode == topics::ChargeMode::eco);
    CHECK(bench.only_session().session.vehicle == "Blue");
}

TEST_CASE("a car that is only parked is told of once a minute") {
    Bench bench(priced_site());
    int told = 0;
    for (int i = 0; i < 300; ++i) {
        bench.pass(1s);
        bench.tell(bench.names.evse_state("garage"), evse_state(Iec61851::B, 0));
        if (i % 5 == 0) {
            bench.write();
            told += static_cast<int>(bench.book->running().size());
        }
    }
    CHECK(told >= 5);
    CHECK(told <= 6);
    CHECK(bench.book->is_running("garage"));
    unplug(bench);
    CHECK_FALSE(bench.book->is_running("garage"));
}

TEST_CASE("hours of readings that the broker sends again are taken once, also after a restart") {
    Bench bench(priced_site());
    std::vector<std::pair<std::string, std::string>> all;
    charge(bench, 2000, [&](int) { all.emplace_back(bench.last_topic, bench.last_payload); });
    bench.write();
    const auto before = bench.only_session();
    bench.restart();
    for (const auto& [topic, payload] : all) {
        bench.raw(topic, payload);
    }
    charge(bench, 1);
    unplug(bench);
    CHECK(bench.only_session().totals.energy_wh == Approx(before.totals.energy_wh + 2).margin(3));
}

TEST_CASE("what was exported without a price is known to be") {
    auto site = a_site();
    site.tariff = site::Tariff{.slots = "market"};
    Bench bench(site);
    for (int i = 0; i < 100; ++i) {
        bench.pass(1s);
        bench.tell(bench.names.grid(), grid(-3600));
    }
    bench.write();
    REQUIRE(bench.balances.size() == 1);
    const auto& balance = bench.balances.begin()->second;
    CHECK(balance.export_income == 0);
    CHECK(balance.unpriced_export_wh == Approx(balance.exported_wh));
    CHECK(balance.exported_wh > 90);
}

TEST_CASE("a price that nobody can have meant is refused with a word") {
    Bench bench(a_site());
    topics::TariffNow now;
    now.time = now.valid_from = bench.now;
    now.currency = "EUR";
    now.price_per_kwh = 28.5;
    const auto topic = bench.names.tariff_now("market").name;
    CHECK(bench.raw(topic, topics::encode(now)));
    now.price_per_kwh = 0.285;
    CHECK_FALSE(bench.raw(topic, topics::encode(now)));
    now.currency = "cent";
    CHECK(bench.raw(topic, topics::encode(now)));
    CHECK(bench.book->prices().at(bench.now)->price_per_kwh == 0.285);
}
