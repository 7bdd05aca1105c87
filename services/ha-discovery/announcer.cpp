#include "announcer.hpp"

#include "topics/home_assistant.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::ha {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kMigrate = R"({"migrate_discovery":true})";

/// What others may have written there is none of ours: an object without components.
Json parsed(const std::string& payload) {
    auto json = Json::parse(payload, nullptr, false);
    return json.is_object() ? json : Json::object();
}

const Json& components_of(const Json& config) {
    static const Json none = Json::object();
    const auto found = config.find("components");
    return found != config.end() && found->is_object() ? *found : none;
}

/// The new message with those of the old one that are to go, emptied; nullopt where none goes.
std::optional<std::string> with_emptied(const std::string& before, const std::string& after) {
    const auto old = parsed(before);
    auto config = parsed(after);
    bool any = false;
    for (const auto& [key, component] : components_of(old).items()) {
        if (!components_of(config).contains(key) && component.is_object() && component.contains("platform")) {
            config["components"][key] = {{"platform", component["platform"]}};
            any = true;
        }
    }
    return any ? std::optional(config.dump()) : std::nullopt;
}

/// `sunherd_home_garage_power` of device `garage`: what is left of a unique id without site, and the key.
void add_known(const Json& component, const std::string& identifier, const std::string& device,
               std::set<std::pair<std::string, std::string>>& known) {
    const auto found = component.find("unique_id");
    if (found != component.end() && found->is_string()) {
        const auto id = found->get<std::string>();
        if (id.rfind(identifier + '_', 0) == 0) {
            known.insert({device, id.substr(identifier.size() + 1)});
        }
    }
}

}  // namespace

void Announcer::found(const std::string& topic, const std::string& payload) {
    if (payload.empty()) {
        announced_.erase(topic);
    } else {
        announced_[topic] = payload;
    }
}

std::set<std::pair<std::string, std::string>> Announcer::known() const {
    std::set<std::pair<std::string, std::string>> all;
    const auto ours = "sunherd_" + options_.site + '_';
    for (const auto& [topic, payload] : announced_) {
        const auto config = parsed(payload);
        const auto device = config.find("device");
        const bool named = device != config.end() && device->is_object() && device->contains("identifiers") &&
                           (*device)["identifiers"].is_array() && !(*device)["identifiers"].empty() &&
                           (*device)["identifiers"][0].is_string();
        const auto identifier = named ? (*device)["identifiers"][0].get<std::string>() : std::string();
        if (identifier.rfind(ours, 0) != 0) {
            continue;
        }
        const auto id = identifier.substr(ours.size());
        add_known(config, identifier, id, all);
        for (const auto& [key, component] : components_of(config).items()) {
            if (component.is_object()) {
                add_known(component, identifier, id, all);
            }
        }
    }
    return all;
}

Publishes Announcer::to_publish(const std::vector<Device>& devices) {
    const topics::HomeAssistantNames names(options_.prefix, options_.site);
    Announcements wanted;
    Publishes first;
    Publishes then;
    for (const auto& device : devices) {
        for (auto& [topic, payload] : announcements_of(device, options_)) {
            const auto before = announced_.find(topic);
            if (before == announced_.end() || before->second != payload) {
                if (const auto emptied =
                        before != announced_.end() ? with_emptied(before->second, payload) : std::nullopt) {
                    then.emplace_back(topic, *emptied);
                }
                then.emplace_back(topic, payload);
            }
            wanted.emplace(topic, payload);
        }
    }
    for (const auto& [topic, payload] : announced_) {
        if (wanted.contains(topic)) {
            continue;
        }
        if (!options_.single_components && !names.is_device_config(topic)) {
            first.emplace_back(topic, kMigrate);
        }
        then.emplace_back(topic, "");
    }
    announced_ = std::move(wanted);
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

Publishes Announcer::again() const {
    return {announced_.begin(), announced_.end()};
}

}  // namespace sunherd::ha
