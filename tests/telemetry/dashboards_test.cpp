#include "support/asking.hpp"
#include "support/bridge_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>

// Every query of every dashboard and alert, run on a real InfluxDB that was filled by way of broker and
// bridge. Services that are still to come (ledger, tariff-collector, vehicle-collector) are played by the
// messages they will send.

using namespace sunherd;
using namespace std::chrono_literals;
using nlohmann::json;
using topics::Timestamp;

namespace {

const topics::Names kNames("sunherd", "home");
const std::filesystem::path kGrafana = SUNHERD_SOURCE_DIR "/deploy/grafana";

Timestamp now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Database, broker and bridge as compose wires them.
class Pipeline {
  public:
    Pipeline() {
        REQUIRE(testing::run_influx_init(influx, directory_.path())->wait_exit(60s) == 0);
        influx.use("sunherd", testing::first_line(directory_.path() / "admin-token"));
        testing::write_file(directory_.path() / "site.yaml", testing::bridge_site("home", ""));
        auto environment = broker_.environment();
        environment.merge(std::map<std::string, std::string>{
            {"INFLUX_URL", influx.url()},
            {"INFLUX_ORG", "sunherd"},
            {"INFLUX_BUCKET", "sunherd"},
            {"INFLUX_TOKEN_FILE", (directory_.path() / "write-token").string()}});
        bridge_ = testing::run_bridge(directory_.path(), environment);
        recorder_.await(kNames.service_status("influx-bridge").name);
    }

    template <class M>
    void say(const topics::Topic<M>& topic, M message, Timestamp time) {
        message.time = time;
        message.seq = ++seq_;
        recorder_.publish(topic.name, topics::encode(message));
        if (seq_ % 400 == 0) {  // the bus holds no more than a thousand
            recorder_.await(topic.name,
                            [&](const auto& each) { return each.payload == topics::encode(message); });
        }
    }
    /// All that was said, and what the bridge says itself, is in the database.
    void await_stored() {
        topics::Event last;
        last.code = "last";
        last.text = "the last one";
        last.service = "test";
        say(kNames.event(), last, now());
        REQUIRE(testing::ask_until([&] {
            return influx
                       .query(
                           "from(bucket: \"sunherd\") |> range(start: -1h) |> filter(fn: (r) => r.code == "
                           "\"last\")")
                       .size() > 1;
        }));
    }

    testing::RealInflux influx{testing::RealInflux::SetUp::no};

  private:
    testing::TemporaryDirectory directory_;
    testing::TestBroker broker_;
    testing::Recorder recorder_{broker_};
    std::unique_ptr<testing::Process> bridge_;
    std::uint64_t seq_ = 0;
};

/// How the house was at a moment.
void say_readings(Pipeline& pipeline, Timestamp time) {
    const double hours = static_cast<double>(time.time_since_epoch().count() % 86'400'000) / 3.6e6;
    const double total_h = static_cast<double>(time.time_since_epoch().count()) / 3.6e6;
    topics::GridReading grid;
    grid.source = "garage";
    grid.power_w = 500 + 100 * hours;
    grid.current_a.phase = {2.5, 3.5, 21.5};
    grid.voltage_v.phase = {229.5, 230.5, 231.5};
    grid.frequency_hz = 50.01;
    grid.imported_wh = 700 * total_h;
    grid.exported_wh = 200 * total_h;
    pipeline.say(kNames.grid(), grid, time);
    topics::PvReading pv;
    pv.power_w = 300 * hours;
    pv.energy_wh = 900 * total_h;
    pv.strings = {{1, 150 * hours, {}, {}}, {2, 150 * hours, {}, {}}};
    pipeline.say(kNames.pv("roof"), pv, time);
    topics::BatteryReading battery;
    battery.power_w = -250;
    battery.soc_pct = 4 * hours;
    battery.charged_wh = 300 * total_h;
    battery.discharged_wh = 280 * total_h;
    pipeline.say(kNames.battery("cellar"), battery, time);
    topics::MeterReading meter;
    meter.power_w = 1200;
    pipeline.say(kNames.meter("heat-pump"), meter, time);
    topics::EvseState evse;
    evse.state = topics::Iec61851::C;
    evse.power_w = 7200;
    evse.current_a.phase = {10.5, 10.5, 10.5};
    evse.total_energy_wh = 400 * total_h;
    evse.temperature_c = 44.5;
    pipeline.say(kNames.evse_state("garage"), evse, time);
    topics::ControlSite site;
    site.reason.code = "ok";
    site.reason.text = "all is well";
    site.pv_w = 300 * hours;
    site.house_w = 800;
    site.battery_w = -250;
    site.evse_w = 7200;
    site.fuse_a = 25;
    pipeline.say(kNames.control_site(), site, time);
    topics::TariffNow tariff;
    tariff.currency = "EUR";
    tariff.price_per_kwh = 0.2 + hours / 100;
    tariff.valid_from = time;
    pipeline.say(kNames.tariff_now("house"), tariff, time);
}

void say_session(Pipeline& pipeline, Timestamp end) {
    topics::Session session;
    session.session = "garage-" + topics::to_rfc3339(end);
    session.start_time = end - 3h;
    session.end_time = end;
    session.duration_s = 10'800;
    session.energy_wh = 12'000.5;
    session.avg_power_w = 4000;
    session.peak_power_w = 7400;
    session.sun_wh = 9000;
    session.battery_wh = 1000;
    session.grid_wh = 2000.5;
    session.cost = 1.75;
    session.avg_price_per_kwh = 0.146;
    session.currency = "EUR";
    session.co2_g = 900;
    session.vehicle = "blue";
    session.mode = topics::ChargeMode::solar;
    session.interruptions = 1;
    pipeline.say(kNames.session_last("garage"), session, end);
    session.end_time.reset();
    pipeline.say(kNames.session_current("garage"), session, end - 1min);
}

void say_once(Pipeline& pipeline, Timestamp time) {
    topics::ControlEvse control;
    control.mode = topics::ChargeMode::solar;
    control.target_current_a = 10.5;
    control.reason.code = "sun";
    control.reason.text = "as much as the sun gives";
    pipeline.say(kNames.control_evse("garage"), control, time);
    topics::EvseApplied applied;
    applied.current_a = 10.5;
    applied.reaction_ms = 45;
    pipeline.say(kNames.evse_applied("garage"), applied, time);
    topics::VehicleState car;
    car.soc_pct = 55;
    car.range_km = 200;
    pipeline.say(kNames.vehicle_state("blue"), car, time);
    topics::Event alarm;
    alarm.severity = topics::Severity::alarm;
    alarm.code = "grid_lost";
    alarm.text = "the grid reading is lost";
    alarm.service = "controller";
    pipeline.say(kNames.event(), alarm, time);
    topics::ActionApplied action;
    action.done = true;
    action.text = "restarted";
    pipeline.say(kNames.action_applied("garage"), action, time);
    topics::ServiceStatus status;
    status.status = topics::Presence::online;
    status.version = "1";
    status.uptime_s = 100;
    status.devices["garage"] = {topics::Health::ok, 10, 1, {}};
    status.counters = {{"bad_messages", 0}, {"spool_bytes", 1000}, {"lines_refused", 0}};
    pipeline.say(kNames.service_status("evse-collector"), status, time);
}

/// The year before, as the tasks have left it.
void write_last_year(Pipeline& pipeline) {
    std::string lines;
    for (int week = 1; week < 62; ++week) {
        const auto time = now() - std::chrono::hours(24 * 7 * week);
        const auto ms = std::to_string(time.time_since_epoch().count());
        const auto counter = std::to_string(1'000'000 - week * 1000);
        lines += "grid,site=home,source=garage imported_wh=" + counter + ",exported_wh=" + counter +
                 ",power_w=5000 " + ms + "\npv,site=home,id=roof energy_wh=" + counter + ' ' + ms +
                 "\nevse,site=home,id=garage total_energy_wh=" + counter + ' ' + ms + '\n';
    }
    pipeline.influx.write(lines, "sunherd_1h");
}

Pipeline& filled() {
    static Pipeline pipeline;
    static const bool done = [] {
        write_last_year(pipeline);
        for (auto age = std::chrono::hours(7 * 24); age > 3h; age -= 2h) {
            say_readings(pipeline, now() - age);
        }
        for (auto age = std::chrono::minutes(178); age >= 0min; age -= 2min) {
            say_readings(pipeline, now() - age);
        }
        for (int day = 0; day < 6; ++day) {
            say_session(pipeline, now() - std::chrono::hours(24 * day) - 2min);
        }
        for (const auto age : {18min, 12min, 6min, 1min}) {
            say_once(pipeline, now() - age);
        }
        pipeline.await_stored();
        return true;
    }();
    (void)done;
    return pipeline;
}

/// As Grafana does it, by text.
std::string interpolated(std::string query, const std::string& from) {
    static const std::map<std::string, std::chrono::hours> kRanges{
        {"now-3h", 3h},      {"now-6h", 6h},        {"now-24h", 24h},      {"now/d", 24h},
        {"now-7d", 24h * 7}, {"now-30d", 24h * 30}, {"now-90d", 24h * 90}, {"now-1y", 24h * 365}};
    const auto start = topics::to_rfc3339(now() - kRanges.at(from));
    const std::pair<const char*, std::string> words[] = {
        {R"(\bv\.timeRangeStart\b)", start}, {R"(\bv\.timeRangeStop\b)", topics::to_rfc3339(now() + 1min)},
        {R"(\bv\.windowPeriod\b)", "5m"},    {R"(\bv\.defaultBucket\b)", "\"sunherd\""},
        {R"(\$\{site\})", "home"},           {R"(\$\{evse:regex\})", "(garage)"}};
    for (const auto& [pattern, value] : words) {
        query = std::regex_replace(query, std::regex(pattern), value);
    }
    return query;
}

std::vector<json> dashboards() {
    std::vector<json> all;
    for (const auto& entry : std::filesystem::directory_iterator(kGrafana / "dashboards")) {
        std::ifstream in(entry.path());
        all.push_back(json::parse(in));
    }
    return all;
}

void check_rows(Pipeline& pipeline, const std::string& query) {
    INFO(query);
    std::vector<std::string> rows;
    REQUIRE_NOTHROW(rows = pipeline.influx.query(query));
    // Each table begins with its header.
    CHECK(
        std::any_of(rows.begin(), rows.end(), [](const auto& row) { return !row.starts_with(",result,"); }));
}

}  // namespace

TEST_CASE("every panel's query returns rows") {
    auto& pipeline = filled();
    int queries = 0;
    for (const auto& dashboard : dashboards()) {
        for (const auto& panel : dashboard.at("panels")) {
            for (const auto& target : panel.at("targets")) {
                INFO(dashboard.at("title") << ": " << panel.at("title"));
                check_rows(pipeline, interpolated(target.at("query"), dashboard.at("time").at("from")));
                ++queries;
            }
        }
    }
    CHECK(queries > 80);
}

TEST_CASE("so do the queries of variables, annotations and alerts") {
    auto& pipeline = filled();
    for (const auto& dashboard : dashboards()) {
        INFO(dashboard.at("title"));
        for (const auto& variable : dashboard.at("templating").at("list")) {
            check_rows(pipeline, interpolated(variable.at("query"), "now-24h"));
        }
        check_rows(pipeline, interpolated(dashboard.at("annotations").at("list")[0].at("target").at("query"),
                                          "now-24h"));
    }
    std::ifstream in(kGrafana / "provisioning/alerting/rules.yaml");
    const auto groups = json::parse(in).at("groups");
    for (const auto& rule : groups[0].at("rules")) {
        INFO(rule.at("title"));
        check_rows(pipeline, interpolated(rule.at("data")[0].at("model").at("query"), "now-24h"));
    }
}

TEST_CASE("figures that people read are right") {
    auto& pipeline = filled();
    const auto value = [&](const std::string& uid, const std::string& title) {
        for (const auto& dashboard : dashboards()) {
            for (const auto& panel : dashboard.at("panels")) {
                if (dashboard.at("uid") == uid && panel.at("title") == title) {
                    return pipeline.influx.value(
                        interpolated(panel.at("targets")[0].at("query"), dashboard.at("time").at("from")));
                }
            }
        }
        throw std::runtime_error("no panel " + title);
    };
    CHECK(value("sunherd-live", "House") == 800);
    CHECK(value("sunherd-live", "Main fuse") == Approx(86));  // 21.5 of 25 A
    CHECK(value("sunherd-price", "Paid for charging, on average") == Approx(1.75 / 12.0005));
    const auto day_wh =
        value("sunherd-building", "From the grid");  // 700 Wh an hour, within a reading at either end
    CHECK(day_wh > 700 * 22);
    CHECK(day_wh < 700 * 27);
}

TEST_CASE("dashboards are as make-dashboards makes them") {
    testing::Process maker({(kGrafana / "make-dashboards").string(), "--check"});
    const auto exit = maker.wait_exit();
    INFO(maker.output());
    CHECK(exit == 0);
}

TEST_CASE("Grafana starts with the contact points that are set, and no secret is written down") {
    const testing::TemporaryDirectory made;
    const auto start = [&](const std::map<std::string, std::string>& alerts) {
        auto environment = alerts;
        environment["GF_PATHS_PROVISIONING"] = made.path().string();
        testing::Process process({(kGrafana / "run-grafana").string(), "true"}, environment);
        CHECK(process.wait_exit() == 0);
    };
    const auto points = made.path() / "alerting/contact-points.yaml";
    start({});
    CHECK_FALSE(std::filesystem::exists(points));
    CHECK(std::filesystem::exists(made.path() / "alerting/rules.yaml"));
    CHECK(std::filesystem::exists(made.path() / "datasources/sunherd.yaml"));
    start({{"ALERT_SLACK_URL", "https://secret.example/slack"},
           {"ALERT_PUSHOVER_TOKEN", "secret"},
           {"ALERT_PUSHOVER_USER", "me"}});
    std::ifstream in(points);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK(text.find("type: slack\n        settings: { url: $ALERT_SLACK_URL }") != std::string::npos);
    CHECK(text.find("type: pushover") != std::string::npos);
    CHECK(text.find("type: email") == std::string::npos);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(std::filesystem::exists(made.path() / "alerting/policies.yaml"));
}
