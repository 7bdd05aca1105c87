#include "source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <regex>

using namespace sunherd::testing;

namespace {

using Findings = std::vector<std::string>;

/// Lines of a file that match, as `path:line: text`.
void find_lines(const SourceFile& file, const std::regex& wanted, Findings& findings) {
    int line = 1;
    for (auto begin = file.text.begin(); begin != file.text.end(); ++line) {
        const auto end = std::find(begin, file.text.end(), '\n');
        if (std::regex_search(begin, end, wanted)) {
            findings.push_back(file.path + ":" + std::to_string(line) + ": " + std::string(begin, end));
        }
        begin = end == file.text.end() ? end : end + 1;
    }
}

const std::regex& topic_string() {
    static const std::regex wanted(
        "(^|/)(building|evse|control|service|simulator|device)/|/(setpoint|applied)$|(^|/)set/|command/"
        "result");
    return wanted;
}

}  // namespace

TEST_CASE("no topic string stands outside libs/topics") {
    Findings findings;
    for (const auto& file : project_files()) {
        const bool product = file.path.starts_with("libs/") || file.path.starts_with("services/");
        if (!product || !file.is_cpp() || file.is_test() || file.path.starts_with("libs/topics/")) {
            continue;
        }
        for (const auto& literal : string_literals(file.text)) {
            if (std::regex_search(literal.text, topic_string())) {
                findings.push_back(file.path + ":" + std::to_string(literal.line) + ": " + literal.text);
            }
        }
    }
    INFO("name topics through topics::Names");
    CHECK(findings == Findings{});
}

TEST_CASE("the rule about topic strings knows them when it sees them") {
    const auto literals = string_literals(
        "// \"evse/a\"\n#include \"evse/b.hpp\"\nf('\"', 10'000, \"x \\\" y\");\n/* \"c\" */ "
        "R\"(evse/\n{}/\"state)\" \"d\"");
    REQUIRE(literals.size() == 3);
    CHECK(literals[0].text == "x \\\" y");
    CHECK(literals[0].line == 3);
    CHECK(literals[1].text == "evse/\n{}/\"state");
    CHECK(literals[2].text == "d");
    CHECK(literals[2].line == 5);
    for (const auto* topic :
         {"evse/{}/state", "/evse/", "{}/building/grid", "set/mode", "evse/x/set/mode", "/setpoint",
          "service/controller/status", "control/site", "simulator/fault", "command/result"}) {
        CAPTURE(topic);
        CHECK(std::regex_search(topic, topic_string()));
    }
    for (const auto* text : {"/api/v2/write", "setpoint", "the service / its state", "reset/now", "mode"}) {
        CAPTURE(text);
        CHECK_FALSE(std::regex_search(text, topic_string()));
    }
}

TEST_CASE("no test sleeps") {
    // In pieces, so that this file isn't found.
    static const std::regex sleep_call(std::string("\\b(sleep_(for|until)|u") + "sleep|nano" + "sleep|" +
                                       "sleep)\\s*\\(");
    Findings findings;
    for (const auto& file : project_files()) {
        // A bench measures over a span of time; it asserts nothing.
        const bool bench = file.path.rfind("tests/bench/", 0) == 0;
        // And one function asks those who don't tell.
        const bool asking = file.path == "tests/support/asking.cpp";
        if (file.is_cpp() && file.is_test() && !bench && !asking) {
            find_lines(file, sleep_call, findings);
        }
    }
    INFO("wait for the condition with a deadline, or advance a fake clock");
    CHECK(findings == Findings{});
    CHECK(std::regex_search(std::string("std::this_thread::sl") + "eep_for (1s)", sleep_call));
}

TEST_CASE("files stay short enough to be read whole") {
    constexpr std::ptrdiff_t kLongest = 400;
    const std::map<std::string, std::string> excused{
        {"libs/topics/messages.hpp", "one struct after the other; the contract is read in one place"},
    };
    Findings findings;
    for (const auto& file : project_files()) {
        if (!file.is_cpp()) {
            continue;
        }
        const auto lines = std::ranges::count(file.text, '\n');
        if ((lines > kLongest) != excused.contains(file.path)) {
            findings.push_back(file.path + ": " + std::to_string(lines) + " lines");
        }
    }
    INFO("too long, or excused without need");
    CHECK(findings == Findings{});
}

TEST_CASE("an executable's main only parses, wires and runs") {
    Findings findings;
    for (const auto& file : project_files()) {
        if (file.path.starts_with("services/") && file.path.ends_with("/main.cpp") &&
            std::ranges::count(file.text, '\n') > 40) {
            findings.push_back(file.path);
        }
    }
    CHECK(findings == Findings{});
}

TEST_CASE("no file names a place of one machine") {
    // In pieces, so that this file isn't found.
    static const std::regex machine_place(std::string("(^|[^A-Za-z0-9_.}-])/(wo") + "rk|ro" + "ot)/");
    Findings findings;
    for (const auto& file : project_files()) {
        find_lines(file, machine_place, findings);
    }
    CHECK(findings == Findings{});
}
