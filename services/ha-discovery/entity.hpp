#pragma once

#include "site/site.hpp"

#include <optional>
#include <string>
#include <vector>

/// What Home Assistant is to make of a site, before it becomes JSON. Pure.
namespace sunherd::ha {

using Language = site::HomeAssistant::Language;

/// For people.
struct Text {
    std::string en;
    std::string de;
    const std::string& in(Language language) const { return language == Language::de ? de : en; }
};

enum class Platform { sensor, binary_sensor, select, number, switch_, button, text };
constexpr auto enum_words(Platform) {
    using namespace std::string_view_literals;
    using enum Platform;
    return std::array{std::pair{sensor, "sensor"sv},  std::pair{binary_sensor, "binary_sensor"sv},
                      std::pair{select, "select"sv},  std::pair{number, "number"sv},
                      std::pair{switch_, "switch"sv}, std::pair{button, "button"sv},
                      std::pair{text, "text"sv}};
}

/// Available only while the template, of that topic's message, gives `online`.
struct Availability {
    std::string topic;
    std::string value;
};

/// One value or control of a device. What is empty or absent is left to Home Assistant.
struct Entity {
    Platform platform = Platform::sensor;
    std::string key{};  ///< stable for ever: part of the unique id and of the entity id
    Text name{};
    std::string state_topic{};
    std::string value{};  ///< Jinja, of the message
    std::string field{};  ///< announced once the message had it, e.g. `current_a.L2`; empty: always
    std::string unit{};
    std::string device_class{};
    std::string state_class{};
    std::string icon{};
    std::string category{};  ///< diagnostic or config
    std::optional<int> precision{};
    std::optional<int>
        expires_s{};  ///< of a measured value: not known any more so long after the last message
    std::string attributes_topic{};
    std::vector<Availability> availability{};  ///< all must hold
    // of controls
    std::string command_topic{};
    std::string command{};               ///< Jinja, of the value; empty: the value as it is
    std::vector<std::string> options{};  ///< of a select, or of a sensor with words
    double min = 0;                      ///< of a number
    double max = 0;
    double step = 1;
    std::string press{};    ///< of a button: what is published
    std::string pattern{};  ///< of a text
};

struct Device {
    std::string id;  ///< `site`, an EVSE's or a device's id, `service-…`, `tariff-…`, `vehicle-…`
    std::string name;
    std::string manufacturer{};
    std::string model{};
    std::string serial{};
    std::string version{};
    std::vector<Entity> entities{};
};

/// The one whose id is `site`; all others hang below it.
inline constexpr auto kSiteDevice = "site";

}  // namespace sunherd::ha
