#include "book_bench.hpp"
#include "house/built_in_day.hpp"
#include "house/prices.hpp"
#include "house/trace.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace sunherd;
using namespace sunherd::ledger;
using namespace sunherd::ledger::testing;

namespace {

constexpr double kChargeW = 7360;
constexpr double kFeesPerKwh = 0.115;
constexpr double kTaxPct = 19;
constexpr double kFeedInPerKwh = 0.078;

/// A car that comes and charges until it has what it wants.
struct Stay {
    Timestamp arrive;
    Timestamp depart;
    double wanted_wh;
};

struct Recorded {
    std::shared_ptr<const house::DemandSource> demand;
    std::shared_ptr<const house::PriceSource> prices;
    std::vector<Stay> stays;
};

/// What a stay costs, reckoned second by second from what was recorded, without anything of the ledger's.
double reckoned_cost(const Recorded& recorded, const Stay& stay) {
    double cost = 0;
    double charged_wh = 0;
    for (auto at = stay.arrive; at < stay.depart && charged_wh < stay.wanted_wh; at += 1s) {
        const auto demand = recorded.demand->at(at);
        const double house_w = demand.house_w[0] + demand.house_w[1] + demand.house_w[2];
        const double sun_w = std::min(kChargeW, std::max(0.0, demand.pv_w - house_w));
        const double market = recorded.prices->slots(at, at + 1s).front().price_per_kwh;
        const double per_kwh = (market + kFeesPerKwh) * (100 + kTaxPct) / 100;
        cost += ((kChargeW - sun_w) * per_kwh + sun_w * kFeedInPerKwh) / 3600 / 1000;
        charged_wh += kChargeW / 3600;
    }
    return cost;
}

/// What the ledger makes of the same stay, told by messages each second, killed now and then.
history::SessionRow ledgers(const Recorded& recorded, const Stay& stay) {
    auto site = a_site();
    site.tariff = site::Tariff{
        .slots = "market", .fees_per_kwh = kFeesPerKwh, .tax_pct = kTaxPct, .feed_in_per_kwh = kFeedInPerKwh};
    Bench bench(site);
    bench.now = stay.arrive - 1s;
    topics::TariffForecast forecast;
    forecast.currency = "EUR";
    forecast.slots = recorded.prices->slots(stay.arrive - 1h, stay.depart + 1h);
    bench.tell(bench.names.tariff_forecast("market"), forecast);
    double charged_wh = 0;
    const auto read = [&](topics::Iec61851 state, double power_w) {
        const auto demand = recorded.demand->at(bench.now);
        const double house_w = demand.house_w[0] + demand.house_w[1] + demand.house_w[2];
        bench.tell(bench.names.pv("roof"), pv(demand.pv_w));
        bench.tell(bench.names.grid(), grid(house_w + power_w - demand.pv_w));
        bench.tell(bench.names.evse_state("garage"),
                   evse_state(state, power_w, 100'000 + std::floor(charged_wh)));
        bench.pass(1s);
    };
    for (int second = 0; bench.now < stay.depart; ++second) {
        const double power_w = charged_wh < stay.wanted_wh ? kChargeW : 0;
        read(topics::Iec61851::C, power_w);
        charged_wh += power_w / 3600;
        if (second % 937 == 0) {
            bench.write();
            bench.restart();
        }
    }
    for (int i = 0; i < 10; ++i) {
        read(topics::Iec61851::A, 0);
    }
    bench.write();
    return bench.only_session();
}

void check(const Recorded& recorded) {
    REQUIRE_FALSE(recorded.stays.empty());
    for (const auto& stay : recorded.stays) {
        const auto row = ledgers(recorded, stay);
        INFO(topics::to_rfc3339(stay.arrive)
             << ", " << row.totals.energy_wh << " Wh, sun " << row.totals.sun_wh);
        CHECK(row.totals.unpriced_wh == 0);
        CHECK(*row.totals.cost ==
              Approx(sessions::to_the_cent(reckoned_cost(recorded, stay))).margin(0.0101));
    }
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path traces() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test has one thread
    const char* shared = std::getenv("SUNHERD_SHARED");
    return (shared != nullptr ? std::filesystem::path(shared)
                              : std::filesystem::path(SUNHERD_SOURCE_DIR).parent_path() / "shared") /
           "traces";
}

}  // namespace

TEST_CASE("costs agree with another calculation to the cent, on the built-in day") {
    check({.demand = std::make_shared<house::BuiltInDay>(3),
           .prices = std::make_shared<house::BuiltInPrices>(),
           .stays = {{utc("2026-06-21T06:00:00Z"), utc("2026-06-21T09:00:00Z"), 15'000},
                     {utc("2026-06-21T15:10:00Z"), utc("2026-06-21T19:00:00Z"), 1e6}}});
}

TEST_CASE("costs agree with another calculation to the cent, on recorded summer days") {
    const auto folder = traces() / "lyngby-summer";
    if (!std::filesystem::exists(folder)) {
        WARN("skipped: there is no " + folder.string());
        return;
    }
    Recorded recorded;
    recorded.demand =
        std::make_shared<house::Trace>(house::parse_trace(content(folder / "site.csv"), "site.csv").value());
    recorded.prices = house::parse_prices(content(folder / "prices.csv"), "prices.csv").value();
    const auto sessions = house::parse_sessions(content(folder / "sessions.csv"), "sessions.csv").value();
    for (const auto& session : sessions) {
        recorded.stays.push_back(
            {session.arrive, std::min(session.depart, session.arrive + 8h), session.energy_wh});
    }
#if defined(__SANITIZE_ADDRESS__)  // each is some 20,000 readings, ten times slower there
    recorded.stays.resize(std::min<std::size_t>(recorded.stays.size(), 2));
#endif
    check(recorded);
}
