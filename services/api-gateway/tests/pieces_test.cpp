#include "http/finish.hpp"
#include "live.hpp"
#include "openapi_text.hpp"
#include "routes/answers.hpp"
#include "routes/csv.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <set>

using namespace sunherd;
using namespace sunherd::api;

namespace {

Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

std::string gunzip(const std::string& packed) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

}  // namespace

TEST_CASE("filters are MQTT's") {
    CHECK(topic_fits("evse/+/state", "evse/garage/state"));
    CHECK_FALSE(topic_fits("evse/+/state", "evse/garage/info"));
    CHECK_FALSE(topic_fits("evse/+", "evse/garage/state"));
    CHECK(topic_fits("control/#", "control/evse/garage"));
    CHECK(topic_fits("control/#", "control"));
    CHECK(topic_fits("#", "event"));
    CHECK_FALSE(topic_fits("", "event"));
    CHECK_FALSE(topic_fits("event/x", "event"));
}

TEST_CASE("the newest of each state topic is remembered, of others none, and all is told") {
    using topics::Kind;
    Live live;
    std::vector<std::string> told;
    const auto handle = live.listen([&](const LivePtr& message) { told.push_back(message->text); });
    const topics::Parsed pv{.kind = Kind::pv, .id = "a", .name = {}};
    live.take(pv, "pv/a", "{\"x\":1}");
    live.take(pv, "pv/a", "{\"x\":2}");
    live.take({.kind = Kind::event, .id = {}, .name = {}}, "event", "{}");
    CHECK(told.size() == 3);
    CHECK(told[1] == R"({"topic":"pv/a","message":{"x":2}})");
    CHECK(*live.payload(Kind::pv, "a") == "{\"x\":2}");
    CHECK(live.payload(Kind::event) == nullptr);
    live.forget(handle);
    live.take(pv, "pv/a", "{}");
    CHECK(told.size() == 3);
    for (std::size_t i = 0; i < Live::kMostTopics + 50; ++i) {
        live.take({.kind = Kind::meter, .id = std::to_string(i), .name = {}}, "m", "{}");
    }
    CHECK(live.topics().size() == Live::kMostTopics);
    CHECK(live.of(Kind::pv).size() == 1);
}

TEST_CASE("no text is a formula, and quotes are doubled") {
    CsvRow row;
    row.text("plain")
        .text("a,b")
        .text("say \"so\"")
        .text("=1+1")
        .text("@x")
        .text("-5")
        .text("Zoe;=1+1")
        .text("two\nlines")
        .number(1.5, 2);
    row.number(std::nullopt, 2);
    CHECK(
        std::move(row).line() ==
        "plain,\"a,b\",\"say \"\"so\"\"\",\"'=1+1\",\"'@x\",\"'-5\",\"Zoe;'=1+1\",\"two\nlines\",1.50,\r\n");
}

TEST_CASE("lines have as many cells as heads") {
    const auto cells = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
    history::SessionRow session{.session = {.id = "a", .evse = "b", .start = utc("2026-06-21T10:15:00Z")}};
    CHECK(cells(csv_line(session, "Europe/Berlin")) == cells(csv_head("sessions")));
    CHECK(csv_line(session, "Europe/Berlin").find("2026-06-21T12:15:00+02:00") != std::string::npos);
    CHECK(cells(csv_line(history::TimedBalance{}, "UTC")) == cells(csv_head("energy")));
    CHECK(cells(csv_line(history::TariffSlot{}, "UTC")) == cells(csv_head("prices")));
}

TEST_CASE("ranges are local days, moments or months") {
    site::Site site;
    site.time_zone = "Europe/Berlin";
    const auto range = [&](std::map<std::string, std::string> query) {
        web::Request request;
        request.query = std::move(query);
        return range_of(request, site);
    };
    CHECK(range({{"from", "2026-06-21"}, {"to", "2026-06-21"}})->from == utc("2026-06-20T22:00:00Z"));
    CHECK(range({{"from", "2026-06-21"}, {"to", "2026-06-21"}})->to == utc("2026-06-21T22:00:00Z"));
    CHECK(range({{"month", "2026-03"}})->from == utc("2026-02-28T23:00:00Z"));
    CHECK(range({{"month", "2026-03"}})->to == utc("2026-03-31T22:00:00Z"));
    CHECK(range({{"from", "2026-06-21T10:00:00+02:00"}})->from == utc("2026-06-21T08:00:00Z"));
    for (const auto* odd :
         {"yesterday", "2026-13-01", "2026-02-30", "", "21.6.2026", "2026-06-21T25:00:00Z", "-026-06-21"}) {
        INFO(odd);
        CHECK(range({{"from", odd}}).error().status == 400);
    }
    CHECK(range({{"month", "2026-6"}}).error().status == 400);
    CHECK(range({{"from", "2026-06-22"}, {"to", "2026-06-20"}}).error().status == 400);
}

TEST_CASE("answers are tagged, packed where they are worth it, and not sent again") {
    web::Request request;
    request.method = "GET";
    request.headers["accept-encoding"] = "br, gzip";
    web::Response first{.body = std::string(5000, 'a')};
    web::finish(request, first);
    CHECK(first.body.size() < 200);
    CHECK(gunzip(first.body) == std::string(5000, 'a'));
    const auto tag = std::find_if(first.headers.begin(), first.headers.end(),
                                  [](const auto& header) { return header.first == "ETag"; });
    REQUIRE(tag != first.headers.end());
    request.headers["if-none-match"] = tag->second;
    web::Response again{.body = std::string(5000, 'a')};
    web::finish(request, again);
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    web::Response other{.body = std::string(5000, 'b')};
    web::finish(request, other);
    CHECK(other.status == 200);
    CHECK_FALSE(web::takes_gzip("gzip;q=0"));
    CHECK_FALSE(web::takes_gzip(""));
}

TEST_CASE("the document of the API is whole: each reference leads somewhere") {
    const auto document = nlohmann::json::parse(openapi("/energy/"));
    CHECK(document["servers"][0]["url"] == "/energy");
    std::set<std::string> broken;
    const std::function<void(const nlohmann::json&)> walk = [&](const nlohmann::json& node) {
        if (node.is_object() && node.contains("$ref")) {
            const auto ref = node["$ref"].get<std::string>().substr(1);
            if (!document.contains(nlohmann::json::json_pointer(ref))) {
                broken.insert(ref);
            }
        }
        for (const auto& child : node) {
            if (child.is_structured()) {
                walk(child);
            }
        }
    };
    walk(document);
    CHECK(broken.empty());
}
