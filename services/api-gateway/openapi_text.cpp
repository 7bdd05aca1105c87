#include "openapi_text.hpp"

#include "embedded.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::api {
namespace {

/// A schema's references to itself lead to where it stands in the document.
void rebase(nlohmann::ordered_json& node, const std::string& name) {
    for (auto& [key, child] : node.items()) {
        if (key == "$ref" && child.is_string() && child.get_ref<const std::string&>().starts_with("#/")) {
            child = "#/components/schemas/" + name + child.get_ref<const std::string&>().substr(1);
        } else if (child.is_structured()) {
            rebase(child, name);
        }
    }
}

}  // namespace

std::string openapi(const std::string& base_path) {
    auto document = nlohmann::ordered_json::parse(embedded::openapi);
    auto& schemas = document["components"]["schemas"];
    for (const auto& [name, text] : embedded::schemas()) {
        auto schema = nlohmann::ordered_json::parse(text);
        schema.erase("$schema");
        rebase(schema, std::string(name));
        schemas[std::string(name)] = std::move(schema);
    }
    const auto server = base_path.substr(0, base_path.size() - 1);
    document["servers"][0]["url"] = server.empty() ? "/" : server;
    return document.dump();
}

}  // namespace sunherd::api
