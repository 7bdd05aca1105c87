#include "commands.hpp"
#include "topics/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

/// Holds the settings, proto-topics/commands.json and docs/commands.md together.
using namespace sunherd;
using namespace sunherd::controller;
using Json = nlohmann::ordered_json;

namespace {

const CommandLimits kLimits{.evses = {{"garage", 6, 16, true, true}},
                            .main_fuse_a = 25,
                            .max_import_w = 1e7,
                            .time_zone = "Europe/Berlin"};
const auto kNow = *topics::parse_rfc3339("2026-06-21T12:00:00Z");

std::string content_of(const std::string& file) {
    std::ifstream in(std::string(SUNHERD_SOURCE_DIR "/") + file);
    REQUIRE(in);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

const Json& contract() {
    static const Json json = Json::parse(content_of("proto-topics/commands.json"));
    return json;
}

Answer send(Scope scope, const std::string& name, const std::string& payload) {
    Overrides overrides;
    const auto command = topics::decode_command(payload);
    REQUIRE(command);
    return carry_out(scope == Scope::evse ? "garage" : "", name, *command, kNow, kLimits, overrides);
}

template <class F>
void for_each_setting(const F& f) {
    for (const auto scope : {Scope::site, Scope::evse}) {
        for (const auto& [name, entry] : contract().at(scope == Scope::evse ? "evse" : "site").items()) {
            INFO((scope == Scope::evse ? "evse " : "site ") << name);
            f(scope, name, entry);
        }
    }
}

std::string in_table(const Json& schema) {
    if (schema.contains("enum")) {
        std::string text;
        for (const auto& word : schema.at("enum")) {
            text += (text.empty() ? "`" : ", `") + word.get<std::string>() + '`';
        }
        return text;
    }
    const auto type = schema.at("type").get<std::string>();
    return type == "boolean" ? "`true`, `false`" : type == "string" ? "text" : "number";
}

std::string table(Scope scope) {
    std::ostringstream text;
    text << "| command | value | meaning |\n|---|---|---|\n";
    std::ostringstream lines;
    for_each_setting([&](Scope of, const std::string& name, const Json& entry) {
        if (of != scope) {
            return;
        }
        text << "| `" << name << "` | " << in_table(entry.at("value")) << " | "
             << entry.at("description").get<std::string>() << " |\n";
        lines << "mosquitto_pub -t sunherd/home/" << (scope == Scope::evse ? "evse/garage/" : "") << "set/"
              << name << " -m '" << entry.at("example").get<std::string>() << "'\n";
    });
    return text.str() + "\n```sh\n" + lines.str() + "```\n";
}

/// What stands in docs/commands.md between the markers.
std::string generated() {
    return "## The site\n\n" + table(Scope::site) + "\n## An EVSE\n\n" + table(Scope::evse);
}

}  // namespace

TEST_CASE("every setting is in the contract, in the same order, and the other way round") {
    std::vector<std::string> in_contract;
    for_each_setting([&](Scope scope, const std::string& name, const Json&) {
        in_contract.push_back((scope == Scope::evse ? "evse " : "site ") + name);
    });
    std::vector<std::string> in_code;
    for (const auto& each : all_settings()) {
        in_code.push_back((each.scope == Scope::evse ? "evse " : "site ") + std::string(each.name));
    }
    CHECK(in_code == in_contract);
}

TEST_CASE("examples of the contract are accepted, and each of its words") {
    for_each_setting([](Scope scope, const std::string& name, const Json& entry) {
        const auto answer = send(scope, name, entry.at("example").get<std::string>());
        INFO(answer.text);
        CHECK(answer.accepted);
        for (const auto& word : entry.at("value").value("enum", Json::array())) {
            CHECK(send(scope, name, word.get<std::string>()).accepted);
        }
    });
}

TEST_CASE("what the contract does not allow is refused, with the reason") {
    for_each_setting([](Scope scope, const std::string& name, const Json& entry) {
        const auto& schema = entry.at("value");
        std::vector<std::string> wrong{"nonsense", "\"\"", "1e300", "{\"value\": \"\"}",
                                       "{\"value\": 123456789}"};
        if (schema.value("type", "") != "boolean") {
            wrong.emplace_back("false");
        }
        if (schema.contains("minimum")) {
            wrong.push_back(std::to_string(schema.at("minimum").get<double>() - 0.5));
            wrong.push_back(std::to_string(schema.at("maximum").get<double>() + 1));
        }
        for (const auto& payload : wrong) {
            const auto answer = send(scope, name, payload);
            INFO(payload);
            CHECK_FALSE(answer.accepted);
            CHECK(answer.text.rfind(name + ": expected", 0) == 0);
        }
    });
}

TEST_CASE("docs/commands.md is made of the contract") {
    const auto page = content_of("docs/commands.md");
    INFO("print it with: controller_test '[.print]'");
    CHECK(page.find(generated()) != std::string::npos);
}

TEST_CASE("prints the tables of docs/commands.md", "[.print]") {
    std::cout << generated();
}
