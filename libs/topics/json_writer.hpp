#pragma once

#include "topics/json_shape.hpp"
#include "topics/messages.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

/// Inside of the codec: structs to JSON.
namespace sunherd::topics {

using OrderedJson = nlohmann::ordered_json;

/// What is not known is left out of the JSON.
bool is_known(const auto&) {
    return true;
}
inline bool is_known(const double& value) {
    return std::isfinite(value);
}
inline bool is_known(const CommandValue& value) {
    const auto* number = std::get_if<double>(&value);
    return number == nullptr || is_known(*number);
}
template <class T>
bool is_known(const std::optional<T>& value) {
    return value && is_known(*value);
}
inline bool is_known(const PhaseValues& values) {
    return std::ranges::any_of(values.phase, [](const auto& value) { return is_known(value); });
}
template <class T>
bool is_known(const std::vector<T>& values) {
    return !values.empty();
}
template <class T>
bool is_known(const std::map<std::string, T>& values) {
    return !values.empty();
}

/// Visitor of `describe` that makes a JSON object in the order of the fields, so that `time` stands first for
/// people.
struct Writer {
    OrderedJson object = OrderedJson::object();

    template <class T>
    void operator()(const char* name, const T& value) {
        if (is_known(value)) {
            object.emplace(name, to_json(value));
        }
    }

    template <class T>
    static OrderedJson to_json(const T& value) {
        if constexpr (Described<const T>) {
            Writer nested;
            T::describe(value, nested);
            return std::move(nested.object);
        } else if constexpr (Worded<T>) {
            return to_word(value);
        } else {
            return value;
        }
    }
    static OrderedJson to_json(const Timestamp& value) { return to_rfc3339(value); }
    static OrderedJson to_json(const CommandValue& value) {
        return std::visit([](const auto& held) { return OrderedJson(held); }, value);
    }
    template <class T>
    static OrderedJson to_json(const std::optional<T>& value) {
        return to_json(*value);
    }
    static OrderedJson to_json(const PhaseValues& values) {
        Writer nested;
        for (std::size_t i = 0; i < kPhaseNames.size(); ++i) {
            nested(kPhaseNames[i], values.phase[i]);
        }
        return std::move(nested.object);
    }
    template <class T>
    static OrderedJson to_json(const std::vector<T>& values) {
        auto array = OrderedJson::array();
        for (const T& value : values) {
            array.push_back(to_json(value));
        }
        return array;
    }
    template <class T>
    static OrderedJson to_json(const std::map<std::string, T>& values) {
        auto object = OrderedJson::object();
        for (const auto& [key, value] : values) {
            object.emplace(key, to_json(value));
        }
        return object;
    }
};

}  // namespace sunherd::topics
