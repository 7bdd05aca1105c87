#include "gateway_rig.hpp"
#include "support/asking.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

namespace {

/// Lets this program have so many files open, and more; gives how many of those it may.
std::size_t more_descriptors(rlim_t wanted) {
    constexpr rlim_t kOthers = 200;
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = std::min(limit.rlim_max, wanted + kOthers);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur - kOthers;
}

/// How much a client takes before it reads.
void set_room(boost::beast::tcp_stream& stream, int bytes) {
    stream.socket().set_option(boost::asio::socket_base::receive_buffer_size(bytes));
}

topics::Event event(int number) {
    topics::Event event;
    event.time = GatewayRig::kBegin;
    event.severity = topics::Severity::info;
    event.code = "test";
    event.service = "recorder";
    event.text = std::to_string(number) + std::string(900, '.');
    return event;
}

topics::TariffForecast forecast(std::uint64_t seq) {
    topics::TariffForecast forecast;
    forecast.time = GatewayRig::kBegin;
    forecast.seq = seq;
    forecast.currency = "EUR";
    for (int i = 0; i < 400; ++i) {
        const auto start = GatewayRig::kBegin + i * 5min;
        forecast.slots.push_back({.start = start, .end = start + 5min, .price_per_kwh = 0.3});
    }
    return forecast;
}

/// What a page came to know.
struct Heard {
    std::uint64_t states = 0;
    std::uint64_t newest_state = 0;
    int events = 0;
    int newest_event = 0;

    void take(const nlohmann::json& frame) {
        for (const auto& change : frame["changes"]) {
            const auto& message = change["message"];
            if (change["topic"] == "event") {
                ++events;
                newest_event = std::stoi(message["text"].get<std::string>());
            } else {
                ++states;
                newest_state = message["seq"].get<std::uint64_t>();
            }
        }
    }
};

/// Of Prometheus's text: how many connections there are.
int connections(WebClient& web) {
    const std::string name = "\nsunherd_gateway_connections ";
    const auto text = web.get("/metrics").body;
    return std::stoi(text.substr(text.find(name) + name.size()));
}

}  // namespace

TEST_CASE("requests that lie are refused, and others are served meanwhile") {
    GatewayRig rig;
    auto web = rig.web();
    CHECK(
        web.raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n").status ==
        431);
    CHECK(web.raw("POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
              .status == 413);
    CHECK(web.raw("nonsense\r\n\r\n").status == 400);
    CHECK(web.raw("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 400);
    CHECK(web.raw("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 400);
    CHECK(web.get("/api/v1/site", {{"Host", "evil.example"}}).status == 421);
    CHECK(web.get("/api/v1/chargers/%2Fetc%2Fpasswd/status").status == 404);
    CHECK(web.get("/assets/nothing.js").status == 404);
    CHECK(web.post("/api/v1/chargers/garage/mode", {{"value", "now"}}, {{"Origin", "http://evil.example"}})
              .status == 403);
    const auto wrong = web.ask(boost::beast::http::verb::delete_, "/api/v1/site", "", {});
    CHECK(wrong.status == 405);
    CHECK(wrong.headers.at("Allow") == "GET, HEAD");

    // Deeper than a stack, in a body that is small enough.
    const auto deep = "{\"value\":" + std::string(30'000, '[') + std::string(30'000, ']') + '}';
    for (const auto* target : {"/api/v1/chargers/garage/mode", "/api/v1/commands", "/api/v1/login"}) {
        CHECK(web.ask(boost::beast::http::verb::post, target, deep, {{"Content-Type", "application/json"}})
                  .status == 400);
    }
    CHECK(web.get("/api/v1/site").status == 200);
}

TEST_CASE("five thousand idle connections and a hundred thousand messages keep nobody out") {
    GatewayRig rig;
    auto web = rig.web();
    const auto many = more_descriptors(5000);
    std::vector<boost::beast::tcp_stream> idle;
    for (std::size_t i = 0; i < many; ++i) {  // more than it keeps: who is idle longest goes
        idle.push_back(web.connect());
    }
    CHECK(web.get("/api/v1/site").status == 200);
    auto socket = web.socket();
    WebClient::next(socket);
    boost::system::error_code error;
    for (int i = 0; i < 100'000 && !error; ++i) {
        socket.write(boost::asio::buffer(std::string("{\"topics\":[]}")), error);
    }
    while (!error) {
        boost::beast::flat_buffer buffer;
        socket.read(buffer, error);
    }
    CHECK(socket.reason().code == boost::beast::websocket::close_code::policy_error);
    CHECK(web.get("/api/v1/site").status == 200);
    CHECK(rig.running());
}

TEST_CASE("who does not read is not waited for: not by others, and not for ever") {
    GatewayRig rig;
    rig.fill_history(5000);
    auto web = rig.web();
    constexpr int kSlow = 300;  // two of each: more than are served at once
    more_descriptors(2 * kSlow);
    std::vector<boost::beast::tcp_stream> slow;
    for (int i = 0; i < kSlow; ++i) {
        slow.push_back(web.connect());
        set_room(slow.back(), 4096);
        std::string requests;
        const std::string target = i % 10 == 0 ? "/api/v1/export/json" : "/openapi.json";
        for (int k = 0; k < 40; ++k) {
            requests += "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        }
        boost::asio::write(slow.back().socket(), boost::asio::buffer(requests));
        slow.push_back(web.connect());  // and one whose body never ends
        boost::asio::write(slow.back().socket(), boost::asio::buffer(std::string(
                                                     "POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\n"
                                                     "Content-Length: 100\r\n\r\n{")));
    }
    REQUIRE(ask_until([&] { return connections(web) > 500; }));
    for (int i = 0; i < 50; ++i) {
        CHECK(web.get("/api/v1/sessions?limit=10").status == 200);
    }
    CHECK(rig.peak_rss_mib() < 100);
    CHECK(ask_until([&] { return connections(web) < 3; }, 60s));
}

TEST_CASE("a page that does not read gets the newest states and the last hundred events, others all") {
    GatewayRig rig;
    auto web = rig.web();
    const auto target = "/api/v1/ws/live?topics=event,tariff/market/forecast";
    auto slow = web.socket(target);
    set_room(boost::beast::get_lowest_layer(slow), 4096);
    WebClient::next(slow);
    auto fast = web.socket(target);
    WebClient::next(fast);
    constexpr std::uint64_t kStates = 300;
    constexpr int kEvents = 150;
    Heard all;
    for (std::uint64_t seq = 1; seq <= kStates; ++seq) {  // 12 MB: more than sockets hold
        rig.recorder().publish(rig.names.tariff_forecast("market"), forecast(seq));
        while (all.newest_state < seq) {
            all.take(WebClient::next(fast));
        }
    }
    for (int number = 1; number <= kEvents; ++number) {
        rig.recorder().publish(rig.names.event(), event(number));
        while (all.newest_event < number) {
            all.take(WebClient::next(fast));
        }
    }
    CHECK(all.states == kStates);
    CHECK(all.events == kEvents);
    Heard late;
    set_room(boost::beast::get_lowest_layer(slow), 1 << 20);  // now it does, and fast
    while (late.newest_event < kEvents) {
        late.take(WebClient::next(slow));
    }
    CHECK(late.newest_state == kStates);
    CHECK(late.states < kStates / 2);
    CHECK(late.events == 100);
}

TEST_CASE("a database that is locked or damaged is said so, all else goes on, and it is read again") {
    GatewayRig rig;
    auto web = rig.web();
    rig.fill_history(3000);
    const auto whole = rig.database().string() + ".whole";
    rig.close_history();
    std::filesystem::copy_file(rig.database(), whole);
    {
        SQLite::Database other(rig.database().string(), SQLite::OPEN_READWRITE);
        other.exec("PRAGMA locking_mode = EXCLUSIVE");
        other.exec("BEGIN EXCLUSIVE");
        other.exec("UPDATE sessions SET cost = 1");
        const auto answer = web.get("/api/v1/sessions");
        CHECK(answer.status == 503);
        CHECK(answer.json()["detail"].get<std::string>().find("locked") != std::string::npos);
        CHECK(web.get("/api/v1/site").status == 200);
        other.exec("ROLLBACK");
    }
    CHECK(web.get("/api/v1/sessions").status == 200);
    {
        const auto damaged = rig.database().string() + ".damaged";
        std::filesystem::copy_file(whole, damaged);
        std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        const std::string rubbish(std::filesystem::file_size(damaged) - 4096, 'x');
        file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
        file.close();
        std::filesystem::rename(damaged, rig.database());
    }
    const auto answer = web.get("/api/v1/sessions?limit=1000");
    CHECK(answer.status == 503);
    CHECK(answer.json()["detail"].get<std::string>().find("damaged") != std::string::npos);
    CHECK(web.get("/api/v1/chargers").status == 200);
    std::filesystem::rename(whole, rig.database());
    CHECK(web.get("/api/v1/sessions?limit=1000").json()["sessions"].size() == 1000);
    CHECK(rig.running());
}
