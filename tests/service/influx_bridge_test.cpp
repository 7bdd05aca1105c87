#include "support/broker.hpp"
#include "support/http_stub.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <set>

using namespace sunherd;
using namespace std::chrono_literals;
using testing::HttpStub;

namespace {

constexpr auto kToken = "not-to-be-seen";

HttpStub::Answer takes_all(const HttpStub::Request&) {
    return {};
}
bool has(const HttpStub::Request& request, const std::string& text) {
    return request.body().find(text) != std::string::npos;
}

struct Rig {
    topics::Names names{"sunherd", "test"};
    testing::TemporaryDirectory directory;
    testing::TestBroker broker;
    testing::Recorder recorder{broker};
    std::unique_ptr<testing::Process> bridge;
    std::uint64_t seq = 0;

    /// The account is named in the site file, its token comes from a secrets file.
    explicit Rig(std::uint16_t port, const std::string& more = "") {
        testing::write_file(directory.path() / "secrets.yaml", std::string("influx: ") + kToken + "\n");
        testing::write_file(directory.path() / "site.yaml",
                            "site: {id: test}\ngrid: {main_fuse_a: 25}\n"
                            "devices: [{id: meter, profile: eastron-sdm630, role: grid, host: 127.0.0.1}]\n"
                            "influx: {url: 'http://127.0.0.1:" +
                                std::to_string(port) + "', org: my org, bucket: b&b, token: !secret influx" +
                                more + "}\n");
        start();
    }
    void start() {
        bridge = std::make_unique<testing::Process>(
            std::vector<std::string>{SUNHERD_BIN_DIR "/influx-bridge", "--site",
                                     (directory.path() / "site.yaml").string(), "--state-dir",
                                     (directory.path() / "state").string()},
            broker.environment());
        recorder.await<topics::ServiceStatus>(names.service_status("influx-bridge"), [this](const auto& m) {
            return m.pid == static_cast<int>(bridge->pid());
        });
    }
    void say(double power_w) {
        topics::GridReading reading;
        reading.time = *topics::parse_rfc3339("2026-06-21T10:15:30.250Z");
        reading.seq = ++seq;
        reading.source = "meter";
        reading.power_w = power_w;
        // Not retained: of what is, a publisher in a hurry keeps only the newest.
        recorder.publish(names.grid().name, topics::encode(reading));
    }
    topics::ServiceStatus await_status(const std::function<bool(const topics::ServiceStatus&)>& wanted) {
        return recorder.await<topics::ServiceStatus>(names.service_status("influx-bridge"), wanted);
    }
    std::uint64_t count(const topics::ServiceStatus& status, const std::string& counter) {
        const auto found = status.counters.find(counter);
        return found == status.counters.end() ? 0 : found->second;
    }
};

}  // namespace

TEST_CASE("what is on the broker lands in the database, with account, bucket and precision") {
    HttpStub influx(takes_all);
    Rig rig(influx.port());
    rig.say(-1500);
    const auto request = influx.await([](const auto& each) { return has(each, "power_w=-1500.0"); });
    CHECK(has(request, "grid,site=test,source=meter seq=1i,power_w=-1500.0 1782036930250\n"));
    CHECK(request.method_string() == "POST");
    CHECK(request.target() == "/api/v2/write?org=my%20org&bucket=b%26b&precision=ms");
    CHECK(request.at("Authorization") == std::string("Token ") + kToken);
    CHECK(request.at("Content-Encoding") == "gzip");
    const auto status = rig.await_status([&](const auto& m) { return rig.count(m, "lines_written") > 0; });
    CHECK(status.devices.at("influxdb").health == topics::Health::ok);
    CHECK(rig.bridge->output().find(kToken) == std::string::npos);
}

TEST_CASE("a thousand messages are a few requests, in order") {
    HttpStub influx(takes_all);
    Rig rig(influx.port());
    for (int i = 1; i <= 1000; ++i) {
        rig.say(i);
    }
    influx.await([](const auto& each) { return has(each, "power_w=1000.0 "); });
    const auto requests = influx.requests();
    CHECK(requests.size() < 50);
    std::string all;
    for (const auto& each : requests) {
        all += each.body();
    }
    std::size_t at = 0;
    for (int i = 1; i <= 1000; ++i) {
        INFO(i);
        at = all.find("power_w=" + std::to_string(i) + ".0 ", at);
        REQUIRE(at != std::string::npos);
    }
}

TEST_CASE("what came while the database was away, or refused us for a while, is written when it is back") {
    const auto port = testing::free_port();
    Rig rig(port);
    rig.say(1);
    rig.await_status([](const auto& m) {
        const auto database = m.devices.find("influxdb");
        return database != m.devices.end() && database->second.health == topics::Health::silent;
    });
    HttpStub influx([](const auto&) { return HttpStub::Answer{503, "starting"}; }, port);
    influx.await([](const auto& each) { return has(each, "power_w=1.0 "); });
    rig.say(2);
    influx.answer([](const auto&) { return HttpStub::Answer{401, "who are you?"}; });
    const auto status = rig.await_status([](const auto& m) {
        const auto database = m.devices.find("influxdb");
        return database != m.devices.end() &&
               database->second.error.value_or("").find("401") != std::string::npos;
    });
    CHECK(rig.count(status, "lines_refused") == 0);
    influx.answer(takes_all);
    rig.say(3);
    influx.await([](const auto& each) { return has(each, "power_w=3.0 "); });
    const auto written = rig.await_status([&](const auto& m) { return rig.count(m, "lines_written") >= 3; });
    CHECK(rig.count(written, "lines_refused") == 0);
    CHECK(rig.bridge->output().find(kToken) == std::string::npos);
}

TEST_CASE("a line that the database refuses is told, kept in a file, and doesn't block the next") {
    HttpStub influx([](const auto& request) {
        return has(request, "power_w=1.0 ") ? HttpStub::Answer{400, "field type conflict"}
                                            : HttpStub::Answer{};
    });
    Rig rig(influx.port());
    rig.say(1);
    const auto event = rig.recorder.await<topics::Event>(
        rig.names.event(), [](const topics::Event& each) { return each.code == "lines_refused"; });
    CHECK_THAT(event.text, Catch::Contains("field type conflict"));
    rig.say(2);
    influx.await([](const auto& each) { return has(each, "power_w=2.0 "); });
    CHECK(std::filesystem::exists(rig.directory.path() / "state" / "dead-letters.lp"));
}

TEST_CASE("garbage is counted, not written") {
    HttpStub influx(takes_all);
    Rig rig(influx.port());
    for (const auto* payload : {"", "[]", "{", "\xff\xfe", R"({"time":"x","seq":1,"source":"garbage"})"}) {
        rig.recorder.publish(rig.names.grid().name, payload);
    }
    rig.say(7);
    influx.await([](const auto& each) { return has(each, "power_w=7.0 "); });
    rig.await_status([&](const auto& m) { return rig.count(m, "bad_messages") >= 5; });
    for (const auto& each : influx.requests()) {
        CHECK_FALSE(has(each, "garbage"));
    }
}

TEST_CASE(
    "a database that hangs keeps it neither from living nor from stopping; the next run writes what waited") {
    HttpStub influx([](const auto&) { return HttpStub::Answer{.never = true}; });
    Rig rig(influx.port());
    rig.say(1);
    influx.await([](const auto& each) { return has(each, "power_w=1.0 "); });
    rig.bridge->signal(SIGTERM);
    CHECK(rig.bridge->wait_exit(2500ms) == 0);
    rig.say(2);
    influx.answer(takes_all);
    rig.start();
    influx.await([](const auto& each) { return has(each, "power_w=1.0 ") && !has(each, "power_w=2.0 "); });
    influx.await([](const auto& each) { return has(each, "power_w=2.0 "); });
}

TEST_CASE("of a fleet a bridge writes the sites of its shard, and no others") {
    HttpStub influx(takes_all);
    Rig rig(influx.port(), ", fleet: true, shard: 2/2");
    const auto say = [&](const std::string& site) {
        topics::GridReading reading;
        reading.time = *topics::parse_rfc3339("2026-06-21T10:15:30.250Z");
        reading.source = "meter";
        reading.power_w = 1;
        rig.recorder.publish(topics::Names("sunherd", site).grid().name, topics::encode(reading));
    };
    for (int site = 0; site < 20; ++site) {
        say("site" + std::to_string(site));
    }
    rig.await_status([&](const auto& m) { return rig.count(m, "lines_written") > 2; });
    std::set<std::string> sites;
    for (const auto& request : influx.requests()) {
        for (int site = 0; site < 20; ++site) {
            const auto name = "grid,site=site" + std::to_string(site) + ',';
            if (has(request, name)) {
                sites.insert(name);
            }
        }
    }
    CHECK(sites.size() > 2);
    CHECK(sites.size() < 18);
}

TEST_CASE("a shard that can't be is refused at the start") {
    HttpStub influx(takes_all);
    Rig rig(influx.port());
    testing::write_file(rig.directory.path() / "site.yaml",
                        "site: {id: test}\ngrid: {main_fuse_a: 25}\n"
                        "devices: [{id: meter, profile: eastron-sdm630, role: grid, host: 127.0.0.1}]\n"
                        "influx: {url: 'http://127.0.0.1:1', bucket: b, shard: 4/3}\n");
    testing::Process wrong(
        {SUNHERD_BIN_DIR "/influx-bridge", "--site", (rig.directory.path() / "site.yaml").string(),
         "--state-dir", (rig.directory.path() / "other").string()},
        rig.broker.environment());
    CHECK(wrong.wait_exit() == 2);
    CHECK_THAT(wrong.output(), Catch::Contains("influx.shard"));
}
