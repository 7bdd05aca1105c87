#pragma once

#include "site/document.hpp"
#include "site/shape.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace sunherd::site::testing {

/// A tree as JSON, as a general validator sees it.
inline nlohmann::json to_json(const Value& node) {
    nlohmann::json value;
    switch (node.kind) {
        case Value::Kind::none:
            break;
        case Value::Kind::boolean:
            value = node.truth;
            break;
        case Value::Kind::number:
            value = node.number;
            if (std::abs(node.number) < 1e15 && std::trunc(node.number) == node.number) {
                value = static_cast<std::int64_t>(node.number);
            }
            break;
        case Value::Kind::secret:
        case Value::Kind::text:
            value = node.text;
            break;
        case Value::Kind::list:
            value = nlohmann::json::array();
            for (const auto& item : node.items) {
                value.push_back(to_json(*item));
            }
            break;
        case Value::Kind::map:
            value = nlohmann::json::object();
            for (const auto& entry : node.entries) {
                value[entry.key] = to_json(*entry.value);
            }
            break;
    }
    return value;
}

/// Calls with each part of the schema and its path (`evses[].host`), `required` telling whether it must
/// stand.
template <class Json, class Visit>
void each_part(const Json& part, const std::string& path, const Visit& visit) {
    const auto required = part.value("required", std::vector<std::string>{});
    const auto properties = part.value("properties", Json::object());
    for (const auto& [name, below] : properties.items()) {
        const std::string key = path.empty() ? name : path + "." + name;
        visit(key, below, std::find(required.begin(), required.end(), name) != required.end());
        each_part(below, key, visit);
    }
    if (part.contains("items")) {
        each_part(part.at("items"), path + "[]", visit);
    }
}

}  // namespace sunherd::site::testing
