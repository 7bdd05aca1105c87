#include "overrides.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::controller {
namespace {

using nlohmann::json;

std::optional<std::string> optional_text(const json& entry, const char* key) {
    return entry.contains(key) ? std::optional(entry.at(key).get<std::string>()) : std::nullopt;
}

topics::CommandValue value_of(const json& value) {
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_number()) {
        return value.get<double>();
    }
    return value.get<std::string>();
}

/// Throws json::exception or std::runtime_error where an entry is none.
void read_entry(const json& entry, Overrides& overrides) {
    Override override{.value = value_of(entry.at("value"))};
    override.source = optional_text(entry, "source");
    if (const auto until = optional_text(entry, "until")) {
        override.until = topics::parse_rfc3339(*until);
        if (!override.until) {
            throw std::runtime_error("until is no time: " + *until);
        }
    }
    overrides.set(entry.value("evse", ""), entry.at("setting").get<std::string>(), std::move(override));
}

}  // namespace

std::optional<double> number_of(const Override* override) {
    const auto* value = override != nullptr ? std::get_if<double>(&override->value) : nullptr;
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

double number_or(const Override* override, double otherwise) {
    return number_of(override).value_or(otherwise);
}

void Overrides::set(const std::string& evse, const std::string& setting, Override value) {
    overrides_[{evse, setting}] = std::move(value);
}

void Overrides::clear(const std::string& evse, const std::string& setting) {
    overrides_.erase({evse, setting});
}

void Overrides::clear_all(const std::string& evse) {
    std::erase_if(overrides_,
                  [&evse](const auto& entry) { return evse.empty() || entry.first.first == evse; });
}

bool Overrides::charged(const std::string& evse, double energy_wh) {
    const auto found = overrides_.find({evse, std::string(kTargetEnergy)});
    auto* left_wh = found != overrides_.end() ? std::get_if<double>(&found->second.value) : nullptr;
    if (left_wh == nullptr) {
        return false;
    }
    *left_wh -= energy_wh;
    const bool done = !(*left_wh > 0);
    if (done) {
        overrides_.erase(found);
    }
    return done;
}

topics::ControlOverrides Overrides::listed() const {
    topics::ControlOverrides list;
    for (const auto& [key, override] : overrides_) {
        list.overrides.push_back({.evse = key.first.empty() ? std::nullopt : std::optional(key.first),
                                  .setting = key.second,
                                  .value = override.value,
                                  .until = override.until,
                                  .source = override.source});
    }
    return list;
}

const Override* Overrides::find(const std::string& evse, const std::string& setting) const {
    const auto found = overrides_.find({evse, setting});
    return found != overrides_.end() ? &found->second : nullptr;
}

std::optional<std::string> Overrides::described(const std::string& evse) const {
    std::string text;
    for (const auto& [key, override] : overrides_) {
        if (key.first == evse) {
            text += (text.empty() ? "" : ", ") + key.second + " by " + override.source.value_or("a command");
        }
    }
    return text.empty() ? std::nullopt : std::optional(text);
}

bool Overrides::expire(topics::Timestamp utc) {
    return std::erase_if(overrides_, [utc](const auto& entry) {
               return entry.second.until && *entry.second.until <= utc;
           }) > 0;
}

std::string Overrides::to_json() const {
    json list = json::array();
    for (const auto& [key, override] : overrides_) {
        json entry{{"setting", key.second}};
        std::visit([&entry](const auto& value) { entry["value"] = value; }, override.value);
        if (!key.first.empty()) {
            entry["evse"] = key.first;
        }
        if (override.until) {
            entry["until"] = topics::to_rfc3339(*override.until);
        }
        if (override.source) {
            entry["source"] = *override.source;
        }
        list.push_back(std::move(entry));
    }
    return json{{"overrides", list}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

tl::expected<Overrides, std::string> Overrides::from_json(const std::string& text) {
    try {
        Overrides overrides;
        const auto file = json::parse(text);
        for (const auto& entry : file.at("overrides")) {
            read_entry(entry, overrides);
        }
        return overrides;
    } catch (const std::exception& error) {  // our own file: nobody else writes it, so no need to be finer
        return tl::unexpected(std::string(error.what()));
    }
}

}  // namespace sunherd::controller
