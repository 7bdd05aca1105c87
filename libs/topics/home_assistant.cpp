#include "topics/home_assistant.hpp"

#include <algorithm>

namespace sunherd::topics {
namespace {

constexpr std::string_view kConfig = "/config";

}  // namespace

HomeAssistantNames::HomeAssistantNames(std::string prefix, const std::string& site)
    : prefix_(std::move(prefix) + '/'), node_("/sunherd_" + site + '/') {}

std::string HomeAssistantNames::status() const {
    return prefix_ + "status";
}

std::string HomeAssistantNames::device_config(std::string_view device) const {
    return prefix_ + "device" + node_ + std::string(device) + std::string(kConfig);
}

std::string HomeAssistantNames::entity_config(std::string_view platform, std::string_view device,
                                              std::string_view key) const {
    return prefix_ + std::string(platform) + node_ + std::string(device) + '_' + std::string(key) +
           std::string(kConfig);
}

std::string HomeAssistantNames::all_configs() const {
    return prefix_ + '+' + node_ + '+' + std::string(kConfig);
}

bool HomeAssistantNames::is_config(std::string_view topic) const {
    if (!topic.starts_with(prefix_) || !topic.ends_with(kConfig)) {
        return false;
    }
    const auto rest = topic.substr(prefix_.size());
    return rest.find(node_) == rest.find('/') && std::ranges::count(rest, '/') == 3;
}

bool HomeAssistantNames::is_device_config(std::string_view topic) const {
    return is_config(topic) && topic.substr(prefix_.size()).starts_with("device/");
}

}  // namespace sunherd::topics
