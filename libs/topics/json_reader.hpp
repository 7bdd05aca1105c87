#pragma once

#include "topics/json_shape.hpp"
#include "topics/messages.hpp"
#include "topics/payload_guard.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

/// Inside of the codec: JSON to structs, checked field by field.
namespace sunherd::topics {

inline constexpr std::size_t kMaxStringBytes = 4096;

/// What is wrong with a value, and where in the message.
struct Problem {
    std::string path;
    std::string text;

    Problem in(std::string_view parent) && {
        path = std::string(parent) + (path.empty() || path.front() == '[' ? "" : ".") + path;
        return std::move(*this);
    }
};
using MaybeProblem = std::optional<Problem>;

inline Problem wrong_type(const std::string& wanted, const nlohmann::json& got) {
    const std::string type = got.type_name();
    const char* article = got.is_null() ? "" : (type.find_first_of("ao") == 0 ? "an " : "a ");
    return {.path = {}, .text = "expected " + wanted + ", got " + article + type};
}

/// Whether a field may be missing.
template <class T>
inline constexpr bool kMayBeMissing = std::is_same_v<T, PhaseValues>;
template <class T>
inline constexpr bool kMayBeMissing<std::optional<T>> = true;
template <class T>
inline constexpr bool kMayBeMissing<std::vector<T>> = true;
template <class T>
inline constexpr bool kMayBeMissing<std::map<std::string, T>> = true;

/// Visitor of `describe` that takes the fields from a JSON object and keeps the first problem it meets.
class Reader {
  public:
    explicit Reader(const nlohmann::json& object) : object_(object) {}

    template <class T>
    void operator()(const char* name, T& value) {
        known_.emplace_back(name);
        if (problem_) {
            return;
        }
        const auto found = object_.find(name);
        if (found != object_.end()) {
            set(name, read(*found, value));
        } else if (!kMayBeMissing<T>) {
            problem_ = Problem{name, "missing, it is required"};
        }
    }

    template <class T>
    static MaybeProblem read_object(const nlohmann::json& from, T& message) {
        if (!from.is_object()) {
            return wrong_type("an object", from);
        }
        Reader reader(from);
        if constexpr (std::is_same_v<T, PhaseValues>) {
            for (std::size_t i = 0; i < kPhaseNames.size(); ++i) {
                reader(kPhaseNames[i], message.phase[i]);
            }
        } else {
            T::describe(message, reader);
        }
        return std::move(reader).finish();
    }

  private:
    void set(const char* name, MaybeProblem problem) {
        if (problem) {
            problem_ = std::move(*problem).in(name);
        }
    }

    MaybeProblem finish() && {
        for (const auto& [key, value] : object_.items()) {
            if (!problem_ && std::ranges::find(known_, key) == known_.end()) {
                problem_ = Problem{printable(key), "unknown field"};
            }
        }
        return std::move(problem_);
    }

    template <Described T>
    static MaybeProblem read(const nlohmann::json& from, T& value) {
        return read_object(from, value);
    }
    static MaybeProblem read(const nlohmann::json& from, PhaseValues& value) {
        return read_object(from, value);
    }

    template <std::integral T>
    static MaybeProblem read(const nlohmann::json& from, T& value) {
        const bool in_range = from.is_number_unsigned()
                                  ? std::in_range<T>(from.get<std::uint64_t>())
                                  : from.is_number_integer() && std::in_range<T>(from.get<std::int64_t>());
        if (!from.is_number()) {
            return wrong_type("a whole number", from);
        }
        if (!in_range) {
            return Problem{{},
                           "expected a whole number from " + std::to_string(std::numeric_limits<T>::min()) +
                               " to " + std::to_string(std::numeric_limits<T>::max())};
        }
        value = from.get<T>();
        return std::nullopt;
    }
    static MaybeProblem read(const nlohmann::json& from, bool& value) {
        if (!from.is_boolean()) {
            return wrong_type("true or false", from);
        }
        value = from.get<bool>();
        return std::nullopt;
    }
    static MaybeProblem read(const nlohmann::json& from, double& value) {
        if (!from.is_number()) {
            return wrong_type("a number", from);
        }
        value = from.get<double>();
        return std::nullopt;
    }
    static MaybeProblem read(const nlohmann::json& from, std::string& value) {
        if (!from.is_string()) {
            return wrong_type("a string", from);
        }
        value = from.get_ref<const std::string&>();
        if (value.size() > kMaxStringBytes) {
            return Problem{{}, "expected at most " + std::to_string(kMaxStringBytes) + " bytes"};
        }
        return std::nullopt;
    }
    static MaybeProblem read(const nlohmann::json& from, Timestamp& value) {
        const auto time = from.is_string() ? parse_rfc3339(from.get_ref<const std::string&>()) : std::nullopt;
        if (!time) {
            return Problem{{}, "expected a time like 2026-06-21T10:15:30.250Z"};
        }
        value = *time;
        return std::nullopt;
    }
    static MaybeProblem read(const nlohmann::json& from, CommandValue& value) {
        if (from.is_boolean()) {
            return read(from, value.emplace<bool>());
        }
        if (from.is_number()) {
            return read(from, value.emplace<double>());
        }
        if (from.is_string()) {
            return read(from, value.emplace<std::string>());
        }
        return wrong_type("a word, a number, true or false", from);
    }
    template <Worded T>
    static MaybeProblem read(const nlohmann::json& from, T& value) {
        const auto word = from.is_string() ? from_word<T>(from.get_ref<const std::string&>()) : std::nullopt;
        if (!word) {
            std::string text = "expected one of";
            for (const auto& [candidate, name] : enum_words(T{})) {
                text.append(" ").append(name);
            }
            return Problem{{}, text};
        }
        value = *word;
        return std::nullopt;
    }
    template <class T>
    static MaybeProblem read(const nlohmann::json& from, std::optional<T>& value) {
        return read(from, value.emplace());
    }
    template <class T>
    static MaybeProblem read(const nlohmann::json& from, std::vector<T>& values) {
        if (!from.is_array()) {
            return wrong_type("an array", from);
        }
        for (const nlohmann::json& element : from) {
            if (auto problem = read(element, values.emplace_back())) {
                return std::move(*problem).in('[' + std::to_string(values.size() - 1) + ']');
            }
        }
        return std::nullopt;
    }
    template <class T>
    static MaybeProblem read(const nlohmann::json& from, std::map<std::string, T>& values) {
        if (!from.is_object()) {
            return wrong_type("an object", from);
        }
        for (const auto& [key, element] : from.items()) {
            if (auto problem = read(element, values[key])) {
                return std::move(*problem).in(printable(key));
            }
        }
        return std::nullopt;
    }

    const nlohmann::json& object_;
    std::vector<std::string_view> known_;
    MaybeProblem problem_;
};

}  // namespace sunherd::topics
