#pragma once

#include "entity.hpp"
#include "topics/names.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace sunherd::ha {

/// Jinja for a member of a message, absent where it is: `current_a.L1`.
std::string member(const std::string& path);

/// A unit with what Home Assistant wants to know beside it.
struct Quantity {
    const char* unit = "";
    const char* device_class = "";
    const char* state_class = "";
    int precision = 0;
    double per = 1;  ///< of the message's unit
};
inline constexpr Quantity kPower{"W", "power", "measurement", 0};
inline constexpr Quantity kCurrent{"A", "current", "measurement", 1};
inline constexpr Quantity kVoltage{"V", "voltage", "measurement", 0};
inline constexpr Quantity kFrequency{"Hz", "frequency", "measurement", 2};
inline constexpr Quantity kCharge{"%", "battery", "measurement", 0};
inline constexpr Quantity kTemperature{"°C", "temperature", "measurement", 1};
inline constexpr Quantity kDuration{"s", "duration", "", 0};
inline constexpr Quantity kDistance{"km", "distance", "", 0};
inline constexpr Quantity kEnergy{"kWh", "energy", "total_increasing", 2, 1000};
inline constexpr Quantity kStoredEnergy{"kWh", "energy_storage", "", 1, 1000};

/// What a number may be set to.
struct Range {
    std::string unit{};
    double min = 0;
    double max = 0;
    double step = 1;
};

/// Adds entities that live on one topic, with one availability, to a device.
class Builder {
  public:
    Builder(Device& device, std::string topic, std::vector<Availability> availability)
        : device_(device), topic_(std::move(topic)), availability_(std::move(availability)) {}

    /// Measured values are not known any more when there was no message for a minute, or for ten polls.
    Builder& expire_with(std::chrono::milliseconds poll);

    /// A number that is announced once a message had it.
    Entity& number(const std::string& key, Text name, const std::string& field, const Quantity& quantity);
    /// `key_l1` … for a value per phase.
    void per_phase(const std::string& key, const Text& name, const std::string& field,
                   const Quantity& quantity);
    /// A word or sentence; `value` is Jinja.
    Entity& text(const std::string& key, Text name, std::string value, std::string icon = {});
    /// The sentence that says why.
    void reason(Text name, Language language);
    /// `value`: a Jinja expression.
    Entity& flag(const std::string& key, Text name, const std::string& value, std::string device_class = {});
    /// A control whose state is on the topic, too; `value` is Jinja.
    Entity& control(Platform platform, const std::string& key, Text name, std::string value,
                    const topics::Topic<topics::Command>& command);
    Entity& adjustable(const std::string& key, Text name, std::string value, const Range& range,
                       const topics::Topic<topics::Command>& command);
    Entity& button(const std::string& key, Text name, const topics::Topic<topics::Command>& command,
                   std::string press = "press");

  private:
    Entity& add(Entity entity);

    Device& device_;
    std::string topic_;
    std::vector<Availability> availability_;
    std::optional<int> expires_s_;
};

Availability while_service_lives(const topics::Names& names, const std::string& service);
/// … and the device that it asks answers.
Availability while_it_answers(const topics::Names& names, const std::string& service,
                              const std::string& device);

}  // namespace sunherd::ha
