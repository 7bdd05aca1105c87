#include "builder.hpp"

#include <algorithm>
#include <array>

namespace sunherd::ha {
namespace {

/// Of an absent object's member Home Assistant would log an error, of an absent one a warning.
std::string expression(const std::string& path) {
    std::string text = "value_json";
    std::string rest = path;
    for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
        text.insert(0, 1, '(').append(".").append(rest, 0, dot).append(" | default({}))");
        rest.erase(0, dot + 1);
    }
    return text + '.' + rest;
}

std::string in_unit(const std::string& path, double per) {
    const auto value = expression(path);
    return "{{ (" + value + " / " + std::to_string(static_cast<int>(per)) + ") | round(3) if " + value +
           " is defined else none }}";
}

}  // namespace

std::string member(const std::string& path) {
    return "{{ " + expression(path) + " | default(none) }}";
}

Builder& Builder::expire_with(std::chrono::milliseconds poll) {
    using std::chrono::seconds;
    expires_s_ = static_cast<int>(std::max(seconds(60), std::chrono::ceil<seconds>(10 * poll)).count());
    return *this;
}

Entity& Builder::add(Entity entity) {
    entity.state_topic = entity.platform == Platform::button ? "" : topic_;
    entity.availability = availability_;
    device_.entities.push_back(std::move(entity));
    return device_.entities.back();
}

Entity& Builder::number(const std::string& key, Text name, const std::string& field,
                        const Quantity& quantity) {
    return add({.key = key,
                .name = std::move(name),
                .value = quantity.per == 1 ? member(field) : in_unit(field, quantity.per),
                .field = field,
                .unit = quantity.unit,
                .device_class = quantity.device_class,
                .state_class = quantity.state_class,
                .precision = quantity.precision,
                .expires_s = expires_s_});
}

void Builder::per_phase(const std::string& key, const Text& name, const std::string& field,
                        const Quantity& quantity) {
    for (const auto* phase : std::array{"L1", "L2", "L3"}) {
        const std::string said(phase);
        const auto named = [&said](std::string words) { return words.append(" ").append(said); };
        const auto phase_key = std::string(key).append("_l").append(said, 1);
        number(phase_key, {named(name.en), named(name.de)}, std::string(field).append(".").append(said),
               quantity);
    }
}

Entity& Builder::text(const std::string& key, Text name, std::string value, std::string icon) {
    return add({.key = key, .name = std::move(name), .value = std::move(value), .icon = std::move(icon)});
}

void Builder::reason(Text name, Language language) {
    text("reason", std::move(name),
         language == Language::de
             ? "{{ (value_json.reason.text_de | default(value_json.reason.text))[:250] }}"
             : "{{ value_json.reason.text[:250] }}",
         "mdi:comment-question-outline");
}

Entity& Builder::flag(const std::string& key, Text name, const std::string& value, std::string device_class) {
    return add({.platform = Platform::binary_sensor,
                .key = key,
                .name = std::move(name),
                .value = "{{ 'true' if " + value + " else 'false' }}",
                .device_class = std::move(device_class)});
}

Entity& Builder::control(Platform platform, const std::string& key, Text name, std::string value,
                         const topics::Topic<topics::Command>& command) {
    return add({.platform = platform,
                .key = key,
                .name = std::move(name),
                .value = std::move(value),
                .command_topic = command.name});
}

Entity& Builder::adjustable(const std::string& key, Text name, std::string value, const Range& range,
                            const topics::Topic<topics::Command>& command) {
    auto& entity = control(Platform::number, key, std::move(name), std::move(value), command);
    entity.unit = range.unit;
    entity.min = range.min;
    entity.max = range.max;
    entity.step = range.step;
    return entity;
}

Entity& Builder::button(const std::string& key, Text name, const topics::Topic<topics::Command>& command,
                        std::string press) {
    return add({.platform = Platform::button,
                .key = key,
                .name = std::move(name),
                .command_topic = command.name,
                .press = std::move(press)});
}

Availability while_service_lives(const topics::Names& names, const std::string& service) {
    return {names.service_status(service).name, "{{ value_json.status }}"};
}

Availability while_it_answers(const topics::Names& names, const std::string& service,
                              const std::string& device) {
    return {names.service_status(service).name,
            "{{ 'online' if value_json.status == 'online' and ((value_json.devices | default({}))['" +
                device + "'] | default({})).health | default('') == 'ok' else 'offline' }}"};
}

}  // namespace sunherd::ha
