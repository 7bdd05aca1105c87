#include "checks.hpp"
#include "support/http_stub.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>

// What a real database can't be made to do, done by something between it and the bridge.

using namespace sunherd;
using namespace std::chrono_literals;
using testing::BridgeRig;
using testing::HttpStub;
using testing::RealInflux;

namespace {

/// Hands each request on to the real database, unless `fault` has another answer.
class Between {
  public:
    using Fault = std::function<std::optional<HttpStub::Answer>(const HttpStub::Request&)>;
    Between(RealInflux& influx, Fault fault)
        : influx_(influx),
          fault_(std::move(fault)),
          stub_([this](const auto& request) { return answer(request); }) {}
    std::string url() const { return "http://127.0.0.1:" + std::to_string(stub_.port()); }

  private:
    HttpStub::Answer answer(const HttpStub::Request& request) {
        if (auto instead = fault_(request)) {
            return *instead;
        }
        http::Request onward;
        onward.method = "POST";
        onward.url = influx_.url() + std::string(request.target());
        onward.headers = {"Authorization: " + std::string(request["Authorization"])};
        onward.body = request.body();
        const auto there = client_.send(onward);
        return there ? HttpStub::Answer{.status = there->status, .body = there->body}
                     : HttpStub::Answer{.status = 502, .body = there.error().text};
    }

    RealInflux& influx_;
    Fault fault_;
    http::Client client_;
    HttpStub stub_;
};

/// For every request with that text in it.
Between::Fault answer_to(const std::string& text, const HttpStub::Answer& answer) {
    return [=](const HttpStub::Request& request) {
        return request.body().find(text) != std::string::npos ? std::optional(answer) : std::nullopt;
    };
}

}  // namespace

TEST_CASE(
    "500, 429 with Retry-After, 503, an answer cut short: each for a while, nothing lost, nothing double") {
    RealInflux influx;
    std::atomic<int> requests = 0;
    Between between(influx, [&](const auto&) -> std::optional<HttpStub::Answer> {
        switch (++requests) {
            case 1:
            case 2:
                return HttpStub::Answer{.status = 500, .body = "internal error"};
            case 4:
                return HttpStub::Answer{.status = 429, .body = "slow down", .retry_after = "1"};
            case 6:
                return HttpStub::Answer{.status = 503, .body = "starting"};
            case 8:
                return HttpStub::Answer{.cut = true};
            default:
                return std::nullopt;
        }
    });
    BridgeRig rig(between.url());
    rig.load().publish(20'000, 1500);
    testing::check_all_there(rig, influx);
    CHECK(requests > 8);
}

TEST_CASE(
    "the answer is cut short after the database has stored the batch: sent again, still nothing double") {
    RealInflux influx;
    std::atomic<int> requests = 0;
    Between between(influx, [&](const auto& request) -> std::optional<HttpStub::Answer> {
        if (++requests % 2 == 0) {
            return std::nullopt;
        }
        influx.write(request.body());
        return HttpStub::Answer{.cut = true};
    });
    BridgeRig rig(between.url());
    rig.load().publish(5'000, 2000);
    testing::check_all_there(rig, influx);
}

TEST_CASE("a request that hangs is given up after ten seconds, and sent again") {
    RealInflux influx;
    std::atomic<bool> hung = false;
    // The stub serves one connection at a time, so the next one is taken when the bridge has given up this
    // one.
    Between between(influx, [&](const auto&) -> std::optional<HttpStub::Answer> {
        return hung.exchange(true) ? std::nullopt : std::optional(HttpStub::Answer{.never = true});
    });
    BridgeRig rig(between.url());
    rig.load().publish(3'000, 1000);
    testing::check_all_there(rig, influx);
}

TEST_CASE("one line that gets a 400 is found, and stands in the dead letters with the server's words") {
    RealInflux influx;
    Between between(influx,
                    answer_to("seq=777i", HttpStub::Answer{.status = 400, .body = "unable to parse"}));
    BridgeRig rig(between.url());
    rig.load().publish(3'000, 3000);
    testing::check_stored(influx, 3'000, 777, 60s);
    rig.await_status([](const auto& status) { return BridgeRig::count(status, "lines_refused") == 1; });
    std::ifstream in(rig.state() / "dead-letters.lp");
    const std::string letters{std::istreambuf_iterator<char>(in), {}};
    CHECK(letters.find("InfluxDB answered 400: unable to parse\nmeter,site=test,id=m17 ") !=
          std::string::npos);
}

TEST_CASE("a line that kills every request it is in is found, and the others are stored") {
    RealInflux influx;
    Between between(influx,
                    answer_to("seq=1500i", HttpStub::Answer{.status = 500, .body = "internal error"}));
    BridgeRig rig(between.url());
    rig.load().publish(3'000, 3000);
    testing::check_stored(influx, 3'000, 1500);
}

TEST_CASE("a field of another type in the database: the real server's 422, counted, and the rest is stored") {
    RealInflux influx;
    influx.write("meter,site=test,id=m3 seq=\"text\" 1780000000000");
    BridgeRig rig(influx.url());
    rig.load().publish(1'000, 2000);
    const auto status =
        rig.await_status([](const auto& each) { return BridgeRig::count(each, "lines_left_out") >= 50; });
    CHECK(BridgeRig::count(status, "lines_refused") == 0);
    const auto event =
        rig.recorder().await<topics::Event>(topics::Names("sunherd", "test").event(),
                                            [](const auto& each) { return each.code == "lines_left_out"; });
    CHECK_THAT(event.text, Catch::Contains("field type conflict"));
}

TEST_CASE("with a token that is not yet known everything waits, and the reason is said") {
    RealInflux influx;
    std::atomic<bool> known = false;
    Between between(influx, [&](const auto&) -> std::optional<HttpStub::Answer> {
        return known ? std::nullopt
                     : std::optional(HttpStub::Answer{.status = 401, .body = R"({"code":"unauthorized"})"});
    });
    BridgeRig rig(between.url());
    rig.load().publish(500, 1000);
    rig.await_status([](const auto& status) {
        const auto database = status.devices.find("influxdb");
        return database != status.devices.end() &&
               database->second.error.value_or("").find("401") != std::string::npos;
    });
    known = true;
    testing::check_all_there(rig, influx);
}
