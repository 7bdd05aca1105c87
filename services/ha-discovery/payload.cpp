#include "payload.hpp"

#include "topics/home_assistant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace sunherd::ha {
namespace {

using Json = nlohmann::ordered_json;

/// Home Assistant's entity ids know small letters, digits and `_`.
std::string slug(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : '_';
    });
    return text;
}

std::string identifier(const std::string& device, const PayloadOptions& options) {
    return "sunherd_" + options.site + '_' + device;
}

void put(Json& json, const char* key, const std::string& value) {
    if (!value.empty()) {
        json[key] = value;
    }
}

Json device_json(const Device& device, const PayloadOptions& options) {
    Json json;
    json["identifiers"] = Json::array({identifier(device.id, options)});
    json["name"] = device.name;
    put(json, "manufacturer", device.manufacturer);
    put(json, "model", device.model);
    put(json, "serial_number", device.serial);
    put(json, "sw_version", device.version);
    if (device.id != kSiteDevice) {
        json["via_device"] = identifier(kSiteDevice, options);
    }
    return json;
}

Json origin_json(const PayloadOptions& options) {
    Json json{{"name", "Sunherd"}};
    put(json, "sw_version", options.version);
    return json;
}

void put_availability(Json& json, const std::vector<Availability>& availability) {
    if (availability.empty()) {
        return;
    }
    Json all = Json::array();
    for (const auto& each : availability) {
        all.push_back({{"topic", each.topic}, {"value_template", each.value}});
    }
    json["availability"] = std::move(all);
    json["availability_mode"] = "all";
}

void put_number(Json& json, const Entity& entity) {
    json["min"] = entity.min;
    json["max"] = entity.max;
    json["step"] = entity.step;
    json["mode"] = "box";
}

void put_control(Json& json, const Entity& entity) {
    json["command_topic"] = entity.command_topic;
    json["qos"] = 1;
    put(json, "command_template", entity.command);
    switch (entity.platform) {
        case Platform::number:
            put_number(json, entity);
            break;
        case Platform::button:
            json["payload_press"] = entity.press;
            break;
        case Platform::switch_:
            json["payload_on"] = "true";
            json["payload_off"] = "false";
            json["state_on"] = "true";
            json["state_off"] = "false";
            break;
        case Platform::text:
            json["min"] = 1;
            json["max"] = 5;
            put(json, "pattern", entity.pattern);
            break;
        default:
            break;
    }
}

Json entity_json(const Device& device, const Entity& entity, const PayloadOptions& options) {
    const auto object = slug(options.site + '_' + device.id + '_' + entity.key);
    Json json;
    json["name"] = entity.name.in(options.language);
    json["unique_id"] = identifier(device.id, options) + '_' + entity.key;
    // Both: the one is for versions before 2025.10, the other for those after; each version takes the one it
    // knows.
    json["object_id"] = object;
    json["default_entity_id"] = std::string(topics::to_word(entity.platform)) + '.' + object;
    put(json, "state_topic", entity.state_topic);
    put(json, "value_template", entity.value);
    put(json, "unit_of_measurement", entity.unit);
    put(json, "device_class", entity.device_class);
    put(json, "state_class", entity.state_class);
    put(json, "icon", entity.icon);
    put(json, "entity_category", entity.category);
    put(json, "json_attributes_topic", entity.attributes_topic);
    if (entity.precision) {
        json["suggested_display_precision"] = *entity.precision;
    }
    if (entity.expires_s) {
        json["expire_after"] = *entity.expires_s;
    }
    if (!entity.options.empty()) {
        json["options"] = entity.options;
    }
    if (entity.platform == Platform::binary_sensor) {
        json["payload_on"] = "true";
        json["payload_off"] = "false";
    }
    put_availability(json, entity.availability);
    if (!entity.command_topic.empty()) {
        put_control(json, entity);
    }
    return json;
}

}  // namespace

Announcements announcements_of(const Device& device, const PayloadOptions& options) {
    const topics::HomeAssistantNames names(options.prefix, options.site);
    Announcements all;
    Json whole{{"device", device_json(device, options)}, {"origin", origin_json(options)}};
    Json components = Json::object();
    for (const auto& entity : device.entities) {
        auto json = entity_json(device, entity, options);
        if (options.single_components) {
            json.update(whole);
            all[names.entity_config(topics::to_word(entity.platform), device.id, entity.key)] = json.dump();
        } else {
            json["platform"] = topics::to_word(entity.platform);
            components[entity.key] = std::move(json);
        }
    }
    if (!components.empty()) {
        whole["components"] = std::move(components);
        all[names.device_config(device.id)] = whole.dump();
    }
    return all;
}

}  // namespace sunherd::ha
