#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Topics of Home Assistant's MQTT discovery: its contract, not ours.
/// Source: home-assistant.io, integration MQTT (discovery topics, birth and last will messages).
namespace sunherd::topics {

class HomeAssistantNames {
  public:
    /// prefix: Home Assistant's discovery prefix, usually `homeassistant`; site: its id.
    HomeAssistantNames(std::string prefix, const std::string& site);

    /// Says `online` when Home Assistant has started.
    std::string status() const;
    /// A whole device in one message (Home Assistant 2024.12 and later).
    std::string device_config(std::string_view device) const;
    /// One entity (all versions); platform: `sensor`, `select` …
    std::string entity_config(std::string_view platform, std::string_view device, std::string_view key) const;
    /// Everything this site has announced.
    std::string all_configs() const;
    /// Whether a received topic is one of `all_configs`.
    bool is_config(std::string_view topic) const;
    /// Whether it is a whole device's.
    bool is_device_config(std::string_view topic) const;

  private:
    std::string prefix_;
    std::string node_;
};

}  // namespace sunherd::topics
