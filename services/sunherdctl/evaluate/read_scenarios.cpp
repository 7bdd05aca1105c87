#include "scenario.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>

namespace sunherd::ctl {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") {  // in quotes
        return text;
    }
    if (text == "true" || text == "false") {
        return text == "true";
    }
    if (text.empty() || text == "null" || text == "~") {
        return nullptr;
    }
    double number = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + (text[0] == '+' ? 1 : 0), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? json(number) : json(text);
}

json to_json(const YAML::Node& node, int depth) {
    if (depth > kDeepest) {
        throw YAML::Exception(node.Mark(), "nested too deeply");
    }
    json value;
    switch (node.Type()) {
        case YAML::NodeType::Sequence:
            value = json::array();
            for (const auto& each : node) {
                value.push_back(to_json(each, depth + 1));
            }
            return value;
        case YAML::NodeType::Map:
            value = json::object();
            for (const auto& each : node) {
                value[each.first.as<std::string>()] = to_json(each.second, depth + 1);
            }
            return value;
        case YAML::NodeType::Scalar:
            return scalar(node);
        default:
            return nullptr;
    }
}

tl::expected<json, std::string> parse(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && (text[first] == '{' || text[first] == '[')) {
        bool deep = false;
        const auto shallow = [&deep](int depth, json::parse_event_t, const json&) {
            deep = deep || depth > kDeepest;
            return !deep;
        };
        auto value = json::parse(text, shallow, /*allow_exceptions=*/false);
        if (deep) {
            return tl::unexpected(std::string("nested too deeply"));
        }
        if (!value.is_discarded()) {
            return value;
        }
    }
    try {
        return to_json(YAML::Load(text), 0);
    } catch (const YAML::Exception& error) {
        return tl::unexpected("neither YAML nor JSON: " + std::string(error.what()));
    }
}

}  // namespace

tl::expected<std::vector<json>, std::string> read_scenarios(const std::string& text) {
    auto root = parse(text);
    if (!root) {
        return tl::unexpected(root.error());
    }
    const json* list = &*root;
    if (root->is_object()) {
        const auto found = root->find("scenarios");
        if (found == root->end()) {
            return tl::unexpected(std::string("has no list under `scenarios`, and is no list itself"));
        }
        list = &*found;
    }
    if (!list->is_array()) {
        return tl::unexpected(std::string("the scenarios are no list"));
    }
    return list->get<std::vector<json>>();
}

}  // namespace sunherd::ctl
