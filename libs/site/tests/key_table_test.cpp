#include "schema_json.hpp"
#include "site_files.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace sunherd::site;
using namespace sunherd::site::testing;

namespace {

std::string shown(const nlohmann::ordered_json& value) {
    return "`" + (value.is_string() ? value.get<std::string>() : value.dump()) + "`";
}

std::string values_of(const nlohmann::ordered_json& part) {
    if (part.contains("enum")) {
        std::string text;
        for (const auto& word : part.at("enum")) {
            text += (text.empty() ? "" : " ") + shown(word);
        }
        return text;
    }
    const std::string type = part.at("type");
    if (part.contains("minimum")) {
        return (type == "integer" ? "whole number, " : "number, ") + part.at("minimum").dump() + " to " +
               part.at("maximum").dump();
    }
    return type == "array"     ? "list"
           : type == "object"  ? "keys below"
           : type == "boolean" ? "`true` `false`"
                               : "text";
}

/// The table of all keys as it stands in docs/site-file.md.
std::string key_table() {
    std::string text = "| key | value | default | meaning |\n|---|---|---|---|\n";
    const auto in_order = nlohmann::ordered_json::parse(read_text("libs/site/site.schema.json"));
    each_part(in_order, "", [&](const std::string& path, const nlohmann::ordered_json& part, bool required) {
        const std::string normal = required                   ? "**must stand**"
                                   : part.contains("default") ? shown(part.at("default"))
                                                              : "";
        text += "| `" + path + "` | " + values_of(part) + " | " + normal + " | " +
                part.at("description").get<std::string>() + " |\n";
    });
    return text;
}

}  // namespace

TEST_CASE("docs/site-file.md has the table of all keys") {
    INFO("put the output of `site_test '[.print]'` there");
    CHECK(read_text("docs/site-file.md").find("\n" + key_table()) != std::string::npos);
}

TEST_CASE("print the table of all keys", "[.print]") {
    std::cout << key_table();
    SUCCEED();
}
