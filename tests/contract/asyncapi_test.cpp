#include "contract_files.hpp"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

using namespace sunherd;
using namespace sunherd::testing;

namespace {

constexpr std::string_view kRoot = "sunherd/{site}/";

/// A line of the table of topics.
struct Row {
    std::string message;
    std::string from;
    std::string to;
    bool retained = false;
    bool operator==(const Row&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.message << " from " << row.from << " to " << row.to
               << (row.retained ? ", retained" : "");
}
/// By topic below the root.
using Table = std::map<std::string, Row>;

const YAML::Node& document() {
    static const YAML::Node parsed = YAML::LoadFile(contract_folder() / "asyncapi.yaml");
    return parsed;
}

std::string joined(const YAML::Node& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name.as<std::string>();
    }
    return text;
}

/// The last part of the `$ref` that a node holds.
std::string target(const YAML::Node& node) {
    const auto ref = node["$ref"].as<std::string>();
    return ref.substr(ref.rfind('/') + 1);
}

/// The only operation on a channel.
YAML::Node operation_on(const std::string& channel) {
    std::vector<YAML::Node> found;
    for (const auto& operation : document()["operations"]) {
        if (target(operation.second["channel"]) == channel) {
            found.push_back(operation.second);
        }
    }
    INFO(channel << " needs exactly one operation");
    REQUIRE(found.size() == 1);
    return found.front();
}

Table table_of_asyncapi() {
    Table table;
    for (const auto& entry : document()["channels"]) {
        const auto channel = entry.second;
        const auto address = channel["address"].as<std::string>();
        INFO(address);
        REQUIRE(address.starts_with(kRoot));
        REQUIRE(channel["messages"].size() == 1);
        const auto mqtt = operation_on(entry.first.as<std::string>())["bindings"]["mqtt"];
        CHECK(mqtt["qos"].as<int>() == 1);
        table[address.substr(kRoot.size())] = {
            .message = channel["messages"].begin()->first.as<std::string>(),
            .from = joined(channel["x-senders"]),
            .to = joined(channel["x-receivers"]),
            .retained = mqtt["retain"].as<bool>()};
    }
    return table;
}

/// Cells of a line of a Markdown table, without blanks around them.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> all;
    std::istringstream stream(line.substr(1));
    for (std::string cell; std::getline(stream, cell, '|');) {
        const auto first = cell.find_first_not_of(' ');
        all.push_back(
            first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    return all;
}

Table table_of_readme() {
    Table table;
    std::istringstream readme(read_text(contract_folder() / "README.md"));
    bool inside = false;
    for (std::string line; std::getline(readme, line);) {
        if (line.starts_with("| topic | message |")) {
            inside = true;
        } else if (!line.starts_with('|')) {
            inside = false;
        } else if (inside && line.starts_with("| `")) {
            const auto row = cells(line);
            INFO(line);
            REQUIRE(row.size() == 5);
            const auto name = row[1].substr(1, row[1].find(']') - 1);
            CHECK(row[1] == "[" + name + "](schemas/" + name + ".schema.json)");
            table[row[0].substr(1, row[0].size() - 2)] = {
                .message = name, .from = row[2], .to = row[3], .retained = row[4] == "yes"};
        }
    }
    return table;
}

}  // namespace

TEST_CASE("code and asyncapi.yaml have the same topics, messages and retained flags") {
    const auto table = table_of_asyncapi();
    CHECK(table.size() == topics::all_kinds().size());
    for (const auto kind : topics::all_kinds()) {
        INFO(topics::pattern(kind));
        const auto row = table.find(std::string(topics::pattern(kind)));
        REQUIRE(row != table.end());
        CHECK(row->second.message == topics::schema_name(kind));
        CHECK(row->second.retained == topics::is_retained(kind));
        CHECK_FALSE(row->second.from.empty());
        CHECK_FALSE(row->second.to.empty());
    }
}

TEST_CASE("the page for people has the topics of asyncapi.yaml") {
    const auto expected = table_of_asyncapi();
    const auto found = table_of_readme();
    CHECK(found.size() == expected.size());
    for (const auto& [topic, row] : expected) {
        INFO(topic);
        REQUIRE(found.contains(topic));
        CHECK(found.at(topic) == row);
    }
}

TEST_CASE("channels name their variables, and messages point to schemas that are there") {
    for (const auto& entry : document()["channels"]) {
        const auto channel = entry.second;
        const auto address = channel["address"].as<std::string>();
        INFO(address);
        CHECK(static_cast<std::ptrdiff_t>(channel["parameters"].size()) == std::ranges::count(address, '{'));
        for (const auto& parameter : channel["parameters"]) {
            const auto name = parameter.first.as<std::string>();
            CHECK(address.find("{" + name + "}") != std::string::npos);
            CHECK(document()["components"]["parameters"][target(parameter.second)]);
        }
        const auto message = channel["messages"].begin();
        CHECK(target(message->second) == message->first.as<std::string>());
    }
    for (const auto& entry : document()["components"]["messages"]) {
        const auto ref = entry.second["payload"]["schema"]["$ref"].as<std::string>();
        CHECK(ref == "./schemas/" + entry.first.as<std::string>() + ".schema.json");
        CHECK(std::filesystem::exists(contract_folder() / ref));
    }
}
