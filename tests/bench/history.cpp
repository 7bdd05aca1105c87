#include "figures.hpp"
#include "history/store.hpp"
#include "history/summary.hpp"
#include "support/broker.hpp"
#include "support/web_client.hpp"

#include <array>
#include <cstdio>

/// Two years of a house in the ledger's database, asked for by way of the gateway.
namespace sunherd::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using history::Timestamp;
using testing::WebClient;

constexpr auto kZone = "Europe/Berlin";
constexpr int kDays = 730;
constexpr int kSessions = 3000;
constexpr int kAsked = 30;
constexpr int kEventsADay = 30;

Timestamp utc_now() {
    return std::chrono::floor<std::chrono::hours>(
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

topics::PriceSlot price_at(Timestamp start) {
    const auto hour = static_cast<double>(start.time_since_epoch() / 1h % 24);
    return {.start = start,
            .end = start + 5min,
            .price_per_kwh = 0.2 + hour / 100,
            .energy_price_per_kwh = 0.05 + hour / 100,
            .feed_in_per_kwh = 0.08};
}

/// A day's prices by five minutes, quarters of an hour and events.
history::Changes a_day(Timestamp begin) {
    history::Changes changes;
    for (auto at = begin; at < begin + 24h; at += 5min) {
        changes.prices.push_back({.tariff = "site", .currency = "EUR", .slot = price_at(at)});
    }
    for (auto at = begin; at < begin + 24h; at += 15min) {
        changes.balances[at] = {.imported_wh = 120,
                                .exported_wh = 10,
                                .pv_wh = 300,
                                .charged_wh = 40,
                                .discharged_wh = 20,
                                .evse_wh = 200,
                                .import_cost = 0.03,
                                .export_income = 0.01};
    }
    changes.days = {history::day_of(begin + 12h, kZone)};
    for (int i = 0; i < kEventsADay; ++i) {
        topics::Event event;
        event.time = begin + i * 40min;
        event.code = "main_fuse";
        event.text = "The main fuse binds on L2.";
        event.service = "controller";
        changes.events.push_back(event);
    }
    return changes;
}

/// Four hours, with a slice for each price.
void add_session(history::Changes& changes, int number, Timestamp start) {
    history::SessionRow row{.session = {}, .totals = {}, .currency = "EUR"};
    row.session = {.id = "garage-" + std::to_string(number),
                   .evse = number % 2 == 0 ? "garage" : "yard",
                   .start = start,
                   .end = start + 4h,
                   .duration_s = 14'400,
                   .charging_s = 14'000};
    row.session.vehicle = number % 3 == 0 ? "blue" : "red";
    sessions::Slices slices;
    for (auto at = start; at < start + 4h; at += 5min) {
        slices[at] = {.flow = {.bucket = at, .energy_wh = 600, .sun_wh = 200, .grid_wh = 400},
                      .price = price_at(at)};
        changes.slices[{row.session.id, at}] = slices[at];
    }
    row.totals = sessions::totals_of(slices);
    changes.sessions.push_back(row);
}

void fill(const std::filesystem::path& file, Timestamp end) {
    history::Opened opened;
    const auto store = history::Store::open({.file = file}, opened).value();
    const auto begin = end - kDays * 24h;
    int session = 0;
    for (int day = 0; day < kDays; ++day) {
        auto changes = a_day(begin + day * 24h);
        for (; session < kSessions * (day + 1) / kDays; ++session) {
            add_session(changes, session, begin + day * 24h + (session % 5) * 4h + session % 60 * 1min);
        }
        if (const auto written = store->apply(changes); !written) {
            std::printf("can't write: %s\n", written.error().text.c_str());
            return;
        }
    }
}

/// From the request to the last byte of the answer, each time on a connection of its own.
void ask(std::uint16_t port, const std::string& name, const std::string& target, int times) {
    std::vector<double> samples_ms;
    std::size_t bytes = 0;
    for (int i = 0; i < times; ++i) {
        const auto begin = Clock::now();
        const auto answer = WebClient(port).get(target);
        samples_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        bytes = answer.body.size();
        if (answer.status != 200) {
            std::printf("%s: %d %s\n", target.c_str(), answer.status, answer.body.c_str());
            return;
        }
    }
    print_distribution(name + ", " + std::to_string(bytes / 1024) + " KiB", samples_ms);
}

double mib(long kib) {
    return static_cast<double>(kib) / 1024;
}

}  // namespace

void history() {
    const testing::TemporaryDirectory directory;
    const auto end = utc_now();
    fill(directory.path() / "ledger.db", end);
    std::printf("two years, %d sessions, prices by 5 minutes: database of %.0f MB\n", kSessions,
                static_cast<double>(std::filesystem::file_size(directory.path() / "ledger.db")) / 1e6);
    testing::write_file(directory.path() / "site.yaml",
                        std::string("site: {id: home, time_zone: ") + kZone +
                            "}\ngrid: {main_fuse_a: 25}\nevses:\n"
                            "  - {id: garage, profile: etrel-inch, host: 127.0.0.1, master: true}\n");
    testing::TestBroker broker;
    const auto port = testing::free_port();
    auto environment = broker.environment();
    environment["HTTP_PORT"] = std::to_string(port);
    testing::Process gateway(
        {SUNHERD_BIN_DIR "/api-gateway", "--site", directory.path() / "site.yaml", "--state-dir",
         directory.path() / "state", "--ledger", directory.path() / "ledger.db"},
        environment);
    gateway.await_output("connected to broker");
    const auto day = [&](int ago) { return topics::to_rfc3339(end - ago * 24h).substr(0, 10); };
    // What the page asks for; a sum is asked for with another beginning each time, or it would be kept.
    const std::array<std::pair<std::string, std::string>, 10> targets{
        {{"site", "/api/v1/site"},
         {"a day's quarters of an hour", "/api/v1/energy?from=" + day(1)},
         {"a month's quarters of an hour", "/api/v1/energy?from=" + day(31)},
         {"prices of a day", "/api/v1/price/history?from=" + day(1)},
         {"prices of a month", "/api/v1/price/history?from=" + day(31)},
         {"sessions, a page of 50", "/api/v1/sessions?limit=50"},
         {"sessions of a wall box and a car", "/api/v1/sessions?evse=garage&vehicle=blue&from=" + day(365)},
         {"a session's cost by slices", "/api/v1/cost/session/garage-2000"},
         {"events, warnings, a page of 100", "/api/v1/events?limit=100&severity=info"},
         {"a month's statement, PDF", "/api/v1/export/report?from=" + day(31)}}};
    for (const auto& [name, target] : targets) {
        ask(port, name, target, kAsked);
    }
    for (const auto* period : {"day", "week", "month", "year"}) {
        std::vector<double> samples_ms;
        for (int i = 0; i < kAsked; ++i) {
            const auto begin = Clock::now();
            WebClient(port).get(std::string("/api/v1/cost/summary?period=") + period + "&vehicle=red" +
                                "&from=" + day(kDays - i) + "&evse=" + (i % 2 == 0 ? "garage" : "yard"));
            samples_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        }
        print_distribution(std::string("cost summary of all by ") + period + ", not cached", samples_ms);
    }
    ask(port, "cost summary of all by month, cached", "/api/v1/cost/summary?period=month&from=" + day(kDays),
        kAsked);
    std::printf("gateway so far: peak RSS %.1f MiB\n", mib(peak_rss_kib(gateway.pid())));
    for (const auto* what : {"sessions", "energy", "prices"}) {
        ask(port, std::string("CSV of all ") + what, std::string("/api/v1/export/csv?what=") + what, 5);
    }
    ask(port, "JSON of all prices", "/api/v1/export/json?what=prices", 5);
    std::printf("gateway after all: peak RSS %.1f MiB\n", mib(peak_rss_kib(gateway.pid())));
}

}  // namespace sunherd::bench
