#include "support/contract_check.hpp"

#include "contract_files.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::testing;
using Catch::Matchers::Contains;

namespace {

const topics::Names names("sunherd", "home");

std::string complaint(const std::string& topic, const std::string& payload, bool retained = false) {
    const auto verdict = check_message(names, topic, payload, retained);
    return verdict ? "fine" : verdict.error();
}

std::string example(const std::string& file) {
    return read_text(contract_folder() / "examples" / file);
}

}  // namespace

TEST_CASE("what the contract has is fine") {
    CHECK(complaint("sunherd/home/evse/garage/state", example("evse-state.charging.json"), true) == "fine");
    CHECK(complaint("sunherd/home/evse/garage/set/mode", "solar") == "fine");
    CHECK(complaint("sunherd/home/set/mode", example("command.override.json")) == "fine");
    CHECK(complaint("$SYS/broker/uptime", "12 seconds") == "fine");
}

TEST_CASE("what the contract has not is named with topic, place and payload") {
    CHECK_THAT(complaint("sunherd/home/evse/garage/stat", "{}"),
               Contains("sunherd/home/evse/garage/stat: is no topic"));
    CHECK_THAT(complaint("sunherd/home/evse/garage/setpoint", example("evse-setpoint.charge.json"), true),
               Contains("must not be"));
    CHECK_THAT(complaint("sunherd/home/evse/garage/state", example("evse-info.found.json")),
               Contains("state: missing"));
    CHECK_THAT(complaint("sunherd/home/building/grid", ""), Contains("empty"));
    CHECK_THAT(complaint("sunherd/home/set/mode", "null"), Contains("got null"));
}

TEST_CASE("the schema's ranges count, not only the struct's types") {
    const auto setpoint = [](const std::string& current_a) {
        return R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"epoch":1,"ttl_ms":1000,"fallback_current_a":0,"current_a":)" +
               current_a + "}";
    };
    CHECK(complaint("sunherd/home/evse/garage/setpoint", setpoint("16")) == "fine");
    CHECK_THAT(complaint("sunherd/home/evse/garage/setpoint", setpoint("-1")), Contains("current_a"));
    CHECK_THAT(complaint("sunherd/home/evse/garage/setpoint", setpoint("1e9")), Contains("current_a"));
}
