#include "book_bench.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::ledger;
using namespace sunherd::ledger::testing;

namespace {

const Timestamp kTen = utc("2026-06-21T10:00:00Z");

topics::TariffForecast hours(const std::string& currency, std::initializer_list<double> prices) {
    topics::TariffForecast forecast;
    forecast.time = kTen;
    forecast.currency = currency;
    auto at = kTen;
    for (const double price : prices) {
        forecast.slots.push_back({.start = at, .end = at + 1h, .price_per_kwh = price});
        at += 1h;
    }
    return forecast;
}

}  // namespace

TEST_CASE("without a tariff in the site file the first published one counts, as it is") {
    PriceKeeper prices(a_site(), {});
    history::Changes changes;
    CHECK_FALSE(prices.at(kTen));
    CHECK_FALSE(prices.refresh(kTen, changes));
    prices.take("market", hours("SEK", {1, 2, 3}), changes);
    CHECK(prices.at(kTen + 90min)->price_per_kwh == 2);
    prices.take("alpha", hours("NOK", {7, 8, 9}), changes);
    CHECK(prices.at(kTen + 90min)->price_per_kwh == 8);
    CHECK(prices.currency() == "NOK");
    CHECK_FALSE(prices.is_own());
    CHECK(changes.prices.size() == 6);
}

TEST_CASE("the site's tariff takes slots of its market, in its own money only") {
    auto site = a_site();
    site.tariff = site::Tariff{.slots = "market", .fees_per_kwh = 1};
    PriceKeeper prices(site, {});
    history::Changes changes;
    prices.take("alpha", hours("EUR", {7, 8, 9}), changes);
    prices.take("market", hours("SEK", {5, 5, 5}), changes);
    CHECK_FALSE(prices.at(kTen));
    prices.take("market", hours("EUR", {1, 2, 3}), changes);
    CHECK(prices.at(kTen)->price_per_kwh == 2);
    prices.take("site", hours("EUR", {0, 0, 0}), changes);
    CHECK(prices.at(kTen)->price_per_kwh == 2);
}

TEST_CASE("prices are written once, and again where they changed") {
    auto site = a_site();
    site.tariff = site::Tariff{.slots = "market"};
    PriceKeeper prices(site, {});
    history::Changes changes;
    prices.take("market", hours("EUR", {1, 2, 3}), changes);
    CHECK(prices.refresh(kTen, changes));
    CHECK(changes.prices.size() == 6);
    CHECK_FALSE(prices.refresh(kTen, changes));
    prices.take("market", hours("EUR", {1, 2, 3}), changes);
    CHECK_FALSE(prices.refresh(kTen, changes));
    CHECK(changes.prices.size() == 6);
    prices.take("market", hours("EUR", {1, 2, 4}), changes);
    CHECK(prices.refresh(kTen, changes));
    CHECK(changes.prices.size() == 8);

    PriceKeeper after(site, changes.prices);  // a restart
    history::Changes more;
    CHECK_FALSE(after.refresh(kTen, more));
    CHECK(after.at(kTen + 150min)->price_per_kwh == 4);
}

TEST_CASE("buckets are five minutes, or what of them has one price") {
    auto site = a_site();
    site.tariff =
        site::Tariff{.energy_per_kwh = 1, .times = {{.from = 12h, .to = 12h + 7min, .energy_per_kwh = 2}}};
    PriceKeeper prices(site, {});
    const auto bucket = prices.bucket(kTen + 6min);  // 12:06 in Berlin
    CHECK(bucket.start == kTen + 5min);
    CHECK(bucket.end == kTen + 7min);
    CHECK(prices.bucket(kTen + 8min).start == kTen + 7min);
    CHECK(prices.bucket(kTen + 8min).end == kTen + 10min);
}
