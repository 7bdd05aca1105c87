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
    CHECK(prices.at(kTen + 90min)->price_per_kwh == 2);
    CHECK(prices.currency() == "SEK");
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

TEST_CASE("the tariff that is followed stays until it has no price, and after a restart") {
    PriceKeeper prices(a_site(), {});
    history::Changes changes;
    prices.take("market", hours("EUR", {1, 2}), changes);
    prices.take("alpha", hours("EUR", {7, 8, 9}), changes);
    prices.take("beta", hours("SEK", {5, 5, 5, 5}), changes);
    prices.refresh(kTen + 30min, changes);
    CHECK(prices.followed() == "market");
    CHECK(PriceKeeper(a_site(), changes.prices, "market").at(kTen)->price_per_kwh == 1);
    prices.refresh(kTen + 150min, changes);
    CHECK(prices.followed() == "alpha");
    CHECK(prices.at(kTen + 150min)->price_per_kwh == 9);
    prices.session_runs(true);
    prices.refresh(kTen + 190min, changes);
    CHECK(prices.currency() == "EUR");
    CHECK_FALSE(prices.at(kTen + 190min));
    prices.session_runs(false);
    prices.refresh(kTen + 190min, changes);
    CHECK(prices.currency() == "SEK");
    CHECK(prices.at(kTen + 190min)->price_per_kwh == 5);
}

TEST_CASE("a forecast that is older than the price in force does not take its place") {
    PriceKeeper prices(a_site(), {});
    history::Changes changes;
    topics::TariffNow now;
    now.time = kTen + 5min;
    now.currency = "EUR";
    now.price_per_kwh = 0.45;
    now.valid_from = kTen;
    now.valid_until = kTen + 1h;
    prices.take("market", now, changes);
    auto forecast = hours("EUR", {0.30, 0.31});
    forecast.time = kTen - 20h;
    prices.take("market", forecast, changes);
    CHECK(prices.at(kTen + 30min)->price_per_kwh == 0.45);
    CHECK(prices.at(kTen + 90min)->price_per_kwh == 0.31);
}

TEST_CASE("prices of weeks ago are known for what comes late") {
    PriceKeeper prices(a_site(), {});
    history::Changes changes;
    prices.take("market", hours("EUR", {1, 2, 3}), changes);
    prices.refresh(kTen + 24h * 30, changes);
    CHECK(prices.at(kTen + 90min)->price_per_kwh == 2);
    prices.refresh(kTen + 24h * 36, changes);
    CHECK_FALSE(prices.at(kTen + 90min));
}
