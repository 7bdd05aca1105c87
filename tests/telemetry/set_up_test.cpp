#include "support/asking.hpp"
#include "support/bridge_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

// What `sunherdctl influx-init` makes of a real InfluxDB 2, and what its tasks make of old data.

using namespace sunherd;
using nlohmann::json;
using testing::RealInflux;

namespace {

struct Rig {
    testing::TemporaryDirectory secrets;
    RealInflux influx{RealInflux::SetUp::no};

    std::string init() {
        const auto process = testing::run_influx_init(influx, secrets.path());
        const auto exit = process->wait_exit(std::chrono::seconds(60));
        INFO(process->output());
        CHECK(exit == 0);
        influx.use("sunherd", token("admin"));
        return process->output();
    }
    std::string token(const std::string& whose) const {
        return testing::first_line(secrets.path() / (whose + "-token"));
    }

    /// Runs a task as if it were time, and waits for its end.
    void run_task(const std::string& name) {
        const auto tasks = json::parse(influx.send("GET", "/api/v2/tasks?limit=100", "").body).at("tasks");
        const auto task =
            std::find_if(tasks.begin(), tasks.end(), [&](const auto& each) { return each["name"] == name; });
        REQUIRE(task != tasks.end());
        const auto path = "/api/v2/tasks/" + task->at("id").get<std::string>() + "/runs";
        const auto run = path + '/' + json::parse(influx.post(path, "{}")).at("id").get<std::string>();
        std::string status;
        testing::ask_until([&] {
            status = json::parse(influx.send("GET", run, "").body).value("status", "");
            return status == "success" || status == "failed";
        });
        INFO(influx.send("GET", run + "/logs", "").body);
        CHECK(status == "success");
    }
};

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

double power_at(std::int64_t time_ms) {
    return 1000 + 500 * std::sin(static_cast<double>(time_ms) / 700'000);
}

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

struct Window {
    double sum = 0;
    int count = 0;
    std::int64_t last_ms = 0;
};

/// Two hours of data so old, one point each `step_ms`, and what each window should come to.
std::map<std::int64_t, Window> write_old(Rig& rig, const std::string& bucket, std::int64_t days,
                                         std::int64_t step_ms, std::int64_t window_ms) {
    const auto begin = (now_ms() - days * kDayMs) / (60 * kMinuteMs) * 60 * kMinuteMs;
    std::map<std::int64_t, Window> windows;
    std::ostringstream lines;
    lines.precision(17);
    for (auto time = begin; time < begin + 120 * kMinuteMs; time += step_ms) {
        if (time % (7 * step_ms) == 0) {
            continue;  // some are missing
        }
        lines << "meter,site=home,id=m power_w=" << power_at(time) << ",imported_wh=" << time / 1000
              << ",seq=" << time / step_ms << "i,state=\"s" << time % 11 << "\" " << time << '\n';
        auto& window = windows[time / window_ms * window_ms];
        window.sum += power_at(time);
        ++window.count;
        window.last_ms = time;
    }
    rig.influx.write(lines.str(), bucket);
    return windows;
}

/// Of a field, by time in ms.
std::map<std::int64_t, std::string> stored(Rig& rig, const std::string& bucket, const std::string& field) {
    const auto lines = rig.influx.query(
        "import \"types\" from(bucket: \"" + bucket +
        "\") |> range(start: -400d) |> filter(fn: (r) => r._measurement == \"meter\" and "
        "r._field == \"" +
        field + "\") |> map(fn: (r) => ({ms: int(v: r._time) / 1000000, value: string(v: r._value)}))");
    std::map<std::int64_t, std::string> values;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto value = lines[i].rfind(',');
        const auto time = lines[i].rfind(',', value - 1);
        values[std::stoll(lines[i].substr(time + 1, value - time - 1))] = lines[i].substr(value + 1);
    }
    return values;
}

void check_task(Rig& rig, const std::string& task, const std::string& from, const std::string& to,
                std::int64_t days, std::int64_t step_ms, std::int64_t window_ms) {
    INFO(task);
    const auto expected = write_old(rig, from, days, step_ms, window_ms);
    rig.run_task(task);
    rig.run_task(task);  // twice changes nothing
    const auto means = stored(rig, to, "power_w");
    const auto counters = stored(rig, to, "imported_wh");
    const auto numbers = stored(rig, to, "seq");
    const auto words = stored(rig, to, "state");
    REQUIRE(means.size() == expected.size());
    REQUIRE(counters.size() == expected.size());
    REQUIRE(numbers.size() == expected.size());
    REQUIRE(words.size() == expected.size());
    for (const auto& [time, window] : expected) {
        INFO(time);
        REQUIRE(means.contains(time));
        CHECK(std::stod(means.at(time)) == Approx(window.sum / window.count).epsilon(1e-9));
        CHECK(std::stod(counters.at(time)) == static_cast<double>(window.last_ms / 1000));
        CHECK(numbers.at(time) == std::to_string(window.last_ms / step_ms));
        CHECK(words.at(time) == "s" + std::to_string(window.last_ms % 11));
    }
}

}  // namespace

TEST_CASE("a new database is set up, and the second time nothing is left to do") {
    Rig rig;
    CHECK_THAT(rig.init(),
               Catch::Contains("set up for the first time") && Catch::Contains("task sunherd 1 hour made"));
    const auto tokens = rig.token("write") + rig.token("read") + rig.token("admin");
    CHECK(rig.init().empty());
    CHECK(rig.token("write") + rig.token("read") + rig.token("admin") == tokens);

    const auto buckets =
        json::parse(rig.influx.send("GET", "/api/v2/buckets?limit=50", "").body).at("buckets");
    std::map<std::string, std::int64_t> retention_s;
    for (const auto& bucket : buckets) {
        const auto rules = bucket.value("retentionRules", json::array());
        retention_s[bucket["name"]] = rules.empty() ? 0 : rules[0].value("everySeconds", std::int64_t{0});
    }
    CHECK(retention_s.at("sunherd") == 730 * 86400);
    CHECK(retention_s.at("sunherd_1m") == 730 * 86400);
    CHECK(retention_s.at("sunherd_5m") == 730 * 86400);
    CHECK(retention_s.at("sunherd_1h") == 0);

    const std::string write = "/api/v2/write?org=sunherd&bucket=sunherd&precision=ms";
    const std::string query = "/api/v2/query?org=sunherd";
    const std::string flux = "from(bucket: \"sunherd\") |> range(start: -1d)";
    rig.influx.use("sunherd", rig.token("write"));
    CHECK(rig.influx.send("POST", write, "m f=1 " + std::to_string(now_ms()), "text/plain").status == 204);
    CHECK(rig.influx.send("POST", query, flux, "application/vnd.flux").status != 200);
    rig.influx.use("sunherd", rig.token("read"));
    CHECK(rig.influx.send("POST", write, "m f=2 1", "text/plain").status != 204);
    CHECK(rig.influx.send("POST", query, flux, "application/vnd.flux").status == 200);
}

TEST_CASE("a database that somebody changed is brought back") {
    Rig rig;
    rig.init();
    const auto buckets =
        json::parse(rig.influx.send("GET", "/api/v2/buckets?name=sunherd", "").body).at("buckets");
    const auto path = "/api/v2/buckets/" + buckets[0].at("id").get<std::string>();
    rig.influx.send("PATCH", path, R"({"retentionRules":[{"type":"expire","everySeconds":31536000}]})");
    CHECK(rig.init() == "bucket sunherd: retention 730 days\n");
    CHECK(rig.init().empty());
}

TEST_CASE("old data becomes means of a minute, of five, of an hour, as computed by hand") {
    Rig rig;
    rig.init();
    check_task(rig, "sunherd 1 minute", "sunherd", "sunherd_1m", 8, 5'000, kMinuteMs);
    check_task(rig, "sunherd 5 minutes", "sunherd_1m", "sunherd_5m", 31, kMinuteMs, 5 * kMinuteMs);
    check_task(rig, "sunherd 1 hour", "sunherd_5m", "sunherd_1h", 367, 5 * kMinuteMs, 60 * kMinuteMs);
}

TEST_CASE("sessions and events are kept for ever as they are") {
    Rig rig;
    rig.init();
    const auto time = std::to_string(now_ms() - kDayMs);
    rig.influx.write("session,site=home,id=garage energy_wh=12345.5 " + time +
                         "\nevent,site=home,code=x text=\"y\" " + time,
                     "sunherd");
    rig.run_task("sunherd for ever");
    CHECK(rig.influx.value("from(bucket: \"sunherd_1h\") |> range(start: -2d) |> filter(fn: (r) => r._field "
                           "== \"energy_wh\")") == 12345.5);
}

TEST_CASE("no database, or not ours: it is said") {
    Rig rig;
    rig.init();
    const testing::TemporaryDirectory other;
    const auto stranger = testing::run_influx_init(rig.influx, other.path());
    CHECK(stranger->wait_exit() == 2);
    CHECK_THAT(stranger->output(), Catch::Contains("401"));
}
