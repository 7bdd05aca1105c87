#pragma once

#include "topics/json_reader.hpp"
#include "topics/json_writer.hpp"

#include <map>
#include <optional>
#include <string>

/// What has to survive a restart, as JSON, by the same `describe` as messages.
namespace sunherd::ledger {

template <class T>
std::string to_text(const T& state) {
    return topics::Writer::to_json(state).dump();
}

/// Absent: not of this program, or damaged. Then it is as after a first start.
template <class T>
std::optional<T> from_text(const std::string& text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    T state;
    if constexpr (topics::Described<T>) {
        return topics::Reader::read_object(json, state) ? std::nullopt : std::optional(std::move(state));
    } else {
        if (!json.is_object()) {
            return std::nullopt;
        }
        for (const auto& [key, value] : json.items()) {
            if (topics::Reader::read_object(value, state[key])) {
                return std::nullopt;
            }
        }
        return state;
    }
}

}  // namespace sunherd::ledger
