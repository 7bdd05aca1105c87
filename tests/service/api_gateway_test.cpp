#include "gateway_rig.hpp"

#include <catch2/catch.hpp>
#include <crypt.h>

#include <thread>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

namespace {

std::string hashed(const std::string& password) {
    crypt_data data{};
    return crypt_r(password.c_str(), "$6$rounds=1000$saltsaltsalt$", &data);
}

topics::EvseState charging(double power_w) {
    topics::EvseState state;
    state.time = GatewayRig::kBegin;
    state.state = topics::Iec61851::C;
    state.power_w = power_w;
    return state;
}

}  // namespace

TEST_CASE("what the broker says is there to be asked for, and comes by WebSocket as it comes") {
    GatewayRig rig;
    auto web = rig.web();
    auto socket = web.socket("/api/v1/ws/live?topics=evse/%2B/state,event");
    CHECK(WebClient::next(socket).contains("snapshot"));
    rig.recorder().publish(rig.names.evse_state("garage"), charging(7200));
    const auto frame = WebClient::next(socket);
    REQUIRE(frame["changes"].size() == 1);
    CHECK(frame["changes"][0]["topic"] == "evse/garage/state");
    CHECK(frame["changes"][0]["message"]["power_w"] == 7200);
    CHECK(web.get("/api/v1/chargers/garage/status").json()["state"]["power_w"] == 7200);
    const auto chargers = web.get("/api/v1/chargers").json()["chargers"];
    REQUIRE(chargers.size() == 1);
    CHECK(chargers[0]["name"] == "<b>Garage</b>");
    auto later = web.socket();
    bool found = false;
    const auto snapshot = WebClient::next(later);
    for (const auto& message : snapshot["snapshot"]) {
        found = found || message["topic"] == "evse/garage/state";
    }
    CHECK(found);
    socket.write(boost::asio::buffer(std::string(R"({"topics":["event"]})")));
    CHECK(WebClient::next(socket)["snapshot"].empty());
}

TEST_CASE("a command goes to the controller, and what it says comes back") {
    GatewayRig rig;
    auto answered = std::thread([&rig] {
        for (const bool accepted : {true, false}) {
            const auto name = accepted ? "mode" : "max_current_a";
            const auto command = rig.recorder().await<topics::Command>(rig.names.evse_command("garage", name),
                                                                       [](const auto&) { return true; });
            topics::CommandResult result;
            result.time = GatewayRig::kBegin;
            result.command = std::string("evse/garage/set/") + name;
            result.accepted = accepted;
            result.text = accepted ? "mode is now" : "too much";
            result.id = command.id;
            result.source = command.source;
            rig.recorder().publish(rig.names.command_result(), result);
        }
    });
    auto web = rig.web();
    const auto done =
        web.post("/api/v1/chargers/garage/mode", {{"value", "now"}, {"for_s", 60}, {"id", "mine"}});
    CHECK(done.status == 200);
    CHECK(done.json()["accepted"] == true);
    CHECK(done.json()["id"] == "mine");
    CHECK(done.json()["source"] == "api");
    const auto refused =
        web.post("/api/v1/commands", {{"command", "evse/garage/set/max_current_a"}, {"value", 99}});
    CHECK(refused.status == 422);
    CHECK(refused.headers.at("Content-Type") == "application/problem+json");
    CHECK(refused.json()["detail"] == "too much");
    answered.join();
    CHECK(web.post("/api/v1/chargers/garage/mode", {{"value", "now"}}).status == 504);  // nobody answers
    CHECK(web.post("/api/v1/chargers/garage/mode", {{"value", "now"}}, {{"Content-Type", "text/plain"}})
              .status == 415);
    CHECK(web.post("/api/v1/chargers/garage/mode", nlohmann::json::array()).status == 400);
    CHECK(web.post("/api/v1/chargers/a%2Fb%23/mode", {{"value", "now"}}).status == 404);
    CHECK(web.post("/api/v1/commands", {{"command", "evse/+/set/mode"}, {"value", "now"}}).status == 400);
    CHECK(
        web.post("/api/v1/commands", {{"command", "set/mode"}, {"value", nlohmann::json::object()}}).status ==
        400);
}

TEST_CASE("history comes in pages, tables and sums") {
    GatewayRig rig;
    auto web = rig.web();
    const auto none = web.get("/api/v1/sessions");
    CHECK(none.status == 503);
    CHECK(none.json()["detail"].get<std::string>().find("is the ledger running?") != std::string::npos);
    rig.fill_history(5000);
    std::string target = "/api/v1/chargers/garage/sessions?limit=1000";
    std::size_t count = 0;
    for (auto page = web.get(target).json(); true;
         page = web.get(target + "&cursor=" + page["next"].get<std::string>()).json()) {
        count += page["sessions"].size();
        if (!page.contains("next")) {
            break;
        }
    }
    CHECK(count == 5000);
    const auto cost = web.get("/api/v1/cost/session/garage-7").json();
    CHECK(cost["session"]["cost"] == 0.30);
    CHECK(cost["slices"][0]["cost"] == 0.3);
    CHECK(web.get("/api/v1/cost/session/nobody").status == 404);
    const auto sums = web.get("/api/v1/cost/summary?period=year&from=1970-01-01").json();
    double total = 0;
    for (const auto& period : sums["periods"]) {
        total += period["charging"].value("cost", 0.0);
    }
    CHECK(total == Approx(1500));
    const auto csv = web.get("/api/v1/export/csv").body;
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 5001);
    CHECK(csv.find("\"'=cmd()\"") != std::string::npos);
    CHECK(web.get("/api/v1/export/json").json()["sessions"].size() == 5000);
    const auto statement =
        web.get("/api/v1/export/report?from=2024-10-01&to=2024-10-31&lang=de&paper=Letter");
    CHECK(statement.headers.at("Content-Type") == "application/pdf");
    CHECK(statement.body.starts_with("%PDF"));
    CHECK(web.get("/api/v1/export/report?evse=--help").body.starts_with("%PDF"));  // nobody's: no sessions
    CHECK(web.get("/api/v1/export/report?lang=xx").status == 400);
    const auto first = web.get("/api/v1/sessions?limit=1");
    CHECK(web.get("/api/v1/sessions?limit=1", {{"If-None-Match", first.headers.at("ETag")}}).status == 304);
    CHECK(web.get("/api/v1/sessions", {{"Accept-Encoding", "gzip"}}).headers.at("Content-Encoding") ==
          "gzip");
    for (const auto* odd :
         {"limit=0", "limit=x", "from=yesterday", "cursor=%27%3B--", "colour=red", "month=2026"}) {
        INFO(odd);
        CHECK(web.get(std::string("/api/v1/sessions?") + odd).status == 400);
    }
    CHECK(web.get("/api/v1/sessions?vehicle=%27%20OR%201%3D1--").json()["sessions"].empty());
}

TEST_CASE("who has to log in may do what the site file says") {
    GatewayRig rig("http: {users: [{name: ann, password_hash: \"" + hashed("open sesame") +
                   "\", role: control}, {name: bob, password_hash: \"" + hashed("only look") + "\"}]}");
    auto web = rig.web();
    CHECK(web.get("/api/v1/site").status == 401);
    CHECK(web.get("/api/v1/me").json()["role"] == "none");
    CHECK_THROWS(web.socket());
    CHECK(web.post("/api/v1/login", {{"name", "ann"}, {"password", "wrong"}}).status == 401);
    CHECK(web.post("/api/v1/login", {{"name", "nobody"}, {"password", "open sesame"}}).status == 401);
    const auto login = [&](const char* name, const char* password) {
        const auto answer = web.post("/api/v1/login", {{"name", name}, {"password", password}});
        REQUIRE(answer.status == 200);
        const auto cookie = answer.headers.at("Set-Cookie");
        CHECK(cookie.find("HttpOnly; SameSite=Strict") != std::string::npos);
        return cookie.substr(0, cookie.find(';'));
    };
    const auto bob = login("bob", "only look");
    CHECK(web.get("/api/v1/site", {{"Cookie", bob}}).status == 200);
    CHECK(web.post("/api/v1/chargers/garage/mode", {{"value", "now"}}, {{"Cookie", bob}}).status == 403);
    const auto ann = login("ann", "open sesame");
    CHECK(web.post("/api/v1/chargers/garage/mode", {{"value", "now"}}, {{"Cookie", ann}}).status == 504);
    CHECK(web.post("/api/v1/logout", nlohmann::json::object(), {{"Cookie", ann}}).status == 200);
    CHECK(web.get("/api/v1/site", {{"Cookie", ann}}).status == 401);
    int refused = 0;
    for (int i = 0; i < 10; ++i) {
        refused += web.post("/api/v1/login", {{"name", "ann"}, {"password", "wrong"}}).status == 429 ? 1 : 0;
    }
    CHECK(refused >= 5);
}
