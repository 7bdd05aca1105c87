#include "contract_files.hpp"
#include "support/contract_check.hpp"
#include "support/message_types.hpp"
#include "topics/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace sunherd;
using namespace sunherd::testing;
using nlohmann::json;

namespace {

/// JSON → struct → JSON; the decoder's words where it refuses.
tl::expected<std::string, std::string> through_struct(topics::Kind kind, const std::string& text) {
    return with_message_type(
        kind, [&text]<class M>(std::type_identity<M>) -> tl::expected<std::string, std::string> {
            const auto message = topics::decode<M>(text);
            if (!message) {
                return tl::unexpected(message.error().text);
            }
            return topics::encode(*message);
        });
}

/// Schema and struct must agree on a message, whatever they think of it.
void check_both(const Example& example, const json& message, bool valid) {
    const auto text = message.dump();
    INFO(text);
    const auto decoded = through_struct(example.kind, text);
    INFO("struct: " << (decoded ? "accepted" : decoded.error()));
    CHECK(decoded.has_value() == valid);
    CHECK(check_schema(example.schema, text).has_value() == valid);
}

const json& resolved(const json& schema, const json& root) {
    return schema.contains("$ref") ? root.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)))
                                   : schema;
}

/// Places of the schema that none of the values shows.
std::vector<std::string> not_shown(const json& unresolved, const json& root, const std::vector<json>& values,
                                   const std::string& path) {
    const json& schema = resolved(unresolved, root);
    std::vector<std::string> missing;
    const auto descend = [&](const json& part, const std::vector<json>& shown, const std::string& where) {
        if (shown.empty()) {
            missing.push_back(where);
            return;
        }
        std::ranges::copy(not_shown(part, root, shown, where), std::back_inserter(missing));
    };
    const auto members = [&values] {
        std::vector<json> all;
        for (const auto& value : values) {
            for (const auto& member : value) {
                all.push_back(member);
            }
        }
        return all;
    };
    const auto properties = schema.value("properties", json::object());
    for (const auto& [name, part] : properties.items()) {
        std::vector<json> shown;
        for (const auto& value : values) {
            if (value.contains(name)) {
                shown.push_back(value[name]);
            }
        }
        descend(part, shown, path + "." + name);
    }
    if (schema.contains("items")) {
        descend(schema["items"], members(), path + "[]");
    }
    if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
        descend(schema["additionalProperties"], members(), path + ".*");
    }
    return missing;
}

}  // namespace

TEST_CASE("every example survives the way through its struct and satisfies its schema") {
    for (const auto& example : examples()) {
        INFO(example.file);
        const auto verdict = check_schema(example.schema, example.text);
        INFO("schema: " << (verdict ? "satisfied" : verdict.error()));
        CHECK(verdict);
        const auto again = through_struct(example.kind, example.text);
        INFO("struct: " << (again ? "accepted" : again.error()));
        REQUIRE(again);
        CHECK(json::parse(*again) == json::parse(example.text));
    }
}

TEST_CASE("every message has a schema, and every schema's properties are shown by examples") {
    const auto all_schemas = schemas();
    for (const auto kind : topics::all_kinds()) {
        INFO(topics::schema_name(kind));
        CHECK(all_schemas.contains(std::string(topics::schema_name(kind))));
    }
    const auto all_examples = examples();
    for (const auto& [name, schema] : all_schemas) {
        std::vector<json> values;
        for (const auto& example : all_examples) {
            if (example.schema == name) {
                values.push_back(json::parse(example.text));
            }
        }
        INFO(name);
        CHECK_FALSE(values.empty());
        CHECK(not_shown(schema, schema, values, name) == std::vector<std::string>{});
    }
}

TEST_CASE("schema and struct require the same fields") {
    const auto all_schemas = schemas();
    for (const auto& example : examples()) {
        INFO(example.file);
        const auto message = json::parse(example.text);
        const auto required = all_schemas.at(example.schema).at("required").get<std::set<std::string>>();
        for (const auto& [field, value] : message.items()) {
            auto less = message;
            less.erase(field);
            check_both(example, less, !required.contains(field));
        }
    }
}

TEST_CASE("schema and struct refuse wrong types and unknown fields alike") {
    for (const auto& example : examples()) {
        INFO(example.file);
        const auto message = json::parse(example.text);
        auto more = message;
        more["unknown"] = 1;
        check_both(example, more, false);
        for (const auto& [field, value] : message.items()) {
            for (const json& wrong :
                 {json(nullptr), json(value.is_array() ? json::object() : json::array())}) {
                auto broken = message;
                broken[field] = wrong;
                check_both(example, broken, false);
            }
        }
    }
}
