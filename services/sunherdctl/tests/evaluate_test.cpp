#include "evaluate/evaluate.hpp"

#include "evaluate/scenario.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

using namespace sunherd;
using namespace sunherd::ctl;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using nlohmann::json;

namespace {

std::string file_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string checked(const std::string& text) {
    const auto scenarios = read_scenarios(text);
    REQUIRE(scenarios);
    std::ostringstream out;
    check(*scenarios, out);
    return out.str();
}

json answer(const std::string& text) {
    const auto scenarios = read_scenarios(text);
    REQUIRE(scenarios);
    return evaluate(*scenarios);
}

}  // namespace

TEST_CASE("the worked examples come out as docs/engine.md says") {
    const auto said =
        checked(file_text(SUNHERD_SOURCE_DIR "/services/sunherdctl/tests/worked_examples.yaml"));
    CHECK(said == "30 passed, 0 failed\n");
}

TEST_CASE("the field's scenarios") {
    const char* shared = std::getenv("SUNHERD_SHARED");
    const auto file = std::filesystem::path(shared != nullptr ? shared : SUNHERD_SOURCE_DIR "/../shared") /
                      "scenarios/charging-engine.yaml";
    if (!std::filesystem::exists(file)) {
        std::cout << "skipped: no " << file << '\n';
        return;
    }
    CHECK_THAT(checked(file_text(file)), EndsWith(" passed, 0 failed\n"));
}

TEST_CASE("JSON and a bare list are read too, and expectations may be missing") {
    const auto said =
        answer(R"([{"id": "x", "bench": "both", "site": {"household_a": {"A": 5}, "phases": "A"},
        "loads": [{"id": "car", "phases": "A"}]}])");
    CHECK(said["x"]["allowed"]["car"] == 16);
    CHECK(said["x"]["active_phases"]["car"] == "A");
    CHECK(said["x"]["next"]["car"] == 16);
    CHECK(said["x"]["tail"]["car"].size() == 5);
    CHECK(said["x"]["still"]["allowed"]["car"] == 16);
    CHECK_FALSE(said["x"]["still"].contains("tail"));
}

TEST_CASE("an answer says what binds") {
    const auto said = answer(R"([{"id": "x", "site": {"household_a": {"B": 15}, "circuit_groups":
        [{"name": "garage", "limit_a": 8, "members": ["two"]}]}, "loads": [{"id": "one"}, {"id": "two"},
        {"id": "sun", "phases": "C", "mode": "solar_only"}]}])");
    const auto& reasons = said["x"]["reasons"];
    CHECK(reasons["one"] == json({{"code", "main_fuse"}, {"phase", "B"}}));
    CHECK(reasons["sun"]["code"] == "surplus_low");
    const auto alone = answer(R"([{"id": "x", "site": {"circuit_groups": [{"name": "garage", "limit_a": 8,
        "members": ["two"]}]}, "loads": [{"id": "two"}]}])");
    CHECK(alone["x"]["reasons"]["two"] ==
          json({{"circuit", "garage"}, {"code", "circuit_fuse"}, {"phase", "A"}}));
}

TEST_CASE("two of one name are both answered") {
    const auto said =
        answer(R"([{"id": "x", "site": {}, "loads": []}, {"id": "x", "site": {}, "loads": []}])");
    CHECK(said.size() == 2);
}

TEST_CASE("whatever stands in a scenario, there is an answer and no crash") {
    // Every value of a whole scenario replaced by nonsense, one after the other.
    const json whole =
        json::parse(R"({"id": "x", "bench": "loop", "max_variation_a": 1, "site": {"voltage_v": 230,
        "main_breaker_a": 25, "phases": "ABC", "household_a": {"A": 1}, "solar_w": 5000, "max_import_w": 9000,
        "distribution": "shared", "battery": {"soc_pct": 50, "soc_min_pct": 20, "below_min": "stop"},
        "inverter": {"max_w": 9000, "asymmetric": true}, "circuit_groups": [{"limit_a": 20, "members": ["car"]}]},
        "loads": [{"id": "car", "mode": "excess", "priority": 1, "phases": "BCA", "min_a": 6, "max_a": 16,
        "status": "charging"}], "expected": {"car": {"allowed_a": 6}}, "also_accept": [{"car": 7}]})");
    const std::vector<json> nonsense{nullptr,
                                     true,
                                     -1,
                                     1e308,
                                     "",
                                     "X",
                                     json::array(),
                                     json::array({1, "a"}),
                                     json::object(),
                                     json::object({{"a", 1}})};
    std::ostringstream out;
    const json flat = whole.flatten();
    for (const auto& [path, value] : flat.items()) {
        for (auto pointer = json::json_pointer(path); !pointer.empty(); pointer = pointer.parent_pointer()) {
            for (const auto& other : nonsense) {
                auto scenario = whole;
                scenario[pointer] = other;
                CHECK(evaluate({scenario}).size() == 1);
                check({scenario}, out);
            }
        }
    }
    CHECK(evaluate(nonsense).size() == nonsense.size());
}

TEST_CASE("a wrong expectation is told") {
    const auto said =
        checked(R"([{"id": "x", "loads": [{"id": "car"}], "site": {}, "expected": {"car": 7}}])");
    CHECK_THAT(said, Contains("x: car gets 16.0, expected 7.0"));
    CHECK_THAT(said, EndsWith("0 passed, 1 failed\n"));
}

TEST_CASE("a scenario that makes no sense is refused with its key, and gives nothing") {
    const auto error = [](const std::string& site, const std::string& load) {
        const auto said = answer(R"([{"id": "x", "site": )" + site + R"(, "loads": [)" + load + "]}]");
        CHECK(said["x"]["allowed"]["car"] == 0);
        return said["x"].value("error", "");
    };
    CHECK_THAT(error(R"({"main_breaker_a": -1})", R"({"id": "car"})"), Contains("main_breaker_a: expected"));
    CHECK_THAT(error(R"({"solar_w": "much"})", R"({"id": "car"})"), Contains("solar_w: expected a number"));
    CHECK_THAT(error(R"({"distribution": "fair"})", R"({"id": "car"})"),
               Contains("expected one of priority"));
    CHECK_THAT(error("{}", R"({"id": "car", "min_a": 20})"), Contains("min_a is above max_a"));
    CHECK_THAT(error("{}", R"({"id": "car", "phases": "X"})"), Contains("expected one to three of A, B, C"));
    CHECK_THAT(error(R"({"phases": "A"})", R"({"id": "car", "phases": "C"})"),
               Contains("no wire on a phase"));
    CHECK_THAT(error("{}", R"({"id": "car"}, {"id": "car"})"), Contains("two are called car"));
    CHECK_THAT(error(R"({"battery": {}})", R"({"id": "car"})"), Contains("battery.soc_pct"));
    CHECK_THAT(error(R"({"circuit_groups": [{"limit_a": 6, "members": ["bus"]}]})", R"({"id": "car"})"),
               Contains("no load \"bus\""));
    CHECK_THAT(error("[]", R"({"id": "car"})"), Contains("site: expected an object"));
    CHECK_FALSE(read_scenarios("{: ["));
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    CHECK(read_scenarios(deep).error() == "nested too deeply");
    CHECK_FALSE(read_scenarios("a: " + deep));
    CHECK_FALSE(read_scenarios("a: 1"));
    CHECK_FALSE(read_scenarios("scenarios: 3"));
}

TEST_CASE("a wire on a phase the site has not carries nothing, and that is said") {
    const auto said =
        answer(R"([{"id": "x", "site": {"phases": "A"}, "loads": [{"id": "car", "phases": "ABC"}]}])");
    CHECK(said["x"]["allowed"]["car"] == 16);
    CHECK(said["x"]["active_phases"]["car"] == "A");
    CHECK_THAT(said["x"]["reasons"]["car"]["warning"].get<std::string>(), Contains("no phase"));
}
