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

void make_small(boost::beast::tcp_stream& stream) {
    stream.socket().set_option(boost::asio::socket_base::receive_buffer_size(4096));
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

int number_of(const nlohmann::json& change) {
    return std::stoi(change["message"]["text"].get<std::string>());
}

/// Of Prometheus's text: how many connections there are.
int connections(WebClient web) {
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
        make_small(slow.back());
        std::string requests;
        for (int k = 0; k < 20; ++k) {
            requests += "GET /api/v1/export/json HTTP/1.1\r\nHost: localhost\r\n\r\n";
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

TEST_CASE("a page that does not read gets the last hundred events, others get all of them") {
    GatewayRig rig;
    auto web = rig.web();
    auto slow = web.socket("/api/v1/ws/live?topics=event");
    make_small(boost::beast::get_lowest_layer(slow));
    WebClient::next(slow);
    auto fast = web.socket("/api/v1/ws/live?topics=event");
    WebClient::next(fast);
    constexpr int kEvents = 15'000;
    int heard = 0;
    for (int i = 1; i <= kEvents; ++i) {
        rig.recorder().publish(rig.names.event(), event(i));
        if (i % 50 == 0) {
            for (int newest = 0; newest < i;) {
                const auto frame = WebClient::next(fast);
                heard += static_cast<int>(frame["changes"].size());
                newest = number_of(frame["changes"].back());
            }
        }
    }
    CHECK(heard == kEvents);
    int late = 0;
    for (int newest = 0; newest < kEvents;) {
        const auto frame = WebClient::next(slow);
        late += static_cast<int>(frame["changes"].size());
        newest = number_of(frame["changes"].back());
    }
    CHECK(late < kEvents);
    CHECK(late >= 100);
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
        std::fstream file(rig.database(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        const std::string rubbish(std::filesystem::file_size(rig.database()) - 4096, 'x');
        file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
    }
    const auto answer = web.get("/api/v1/sessions?limit=1000");
    CHECK(answer.status == 503);
    CHECK(answer.json()["detail"].get<std::string>().find("damaged") != std::string::npos);
    CHECK(web.get("/api/v1/chargers").status == 200);
    std::filesystem::rename(whole, rig.database());
    CHECK(web.get("/api/v1/sessions?limit=1000").json()["sessions"].size() == 1000);
    CHECK(rig.running());
}
