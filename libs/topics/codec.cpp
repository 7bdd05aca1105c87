#include "topics/codec.hpp"

#include "topics/payload_guard.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace sunherd::topics {
namespace {

using nlohmann::json;
/// Keeps the order of `describe`, so that `time` stands first for people.
using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kMaxStringBytes = 4096;
constexpr std::size_t kMaxWordBytes = 256;
constexpr std::array kPhaseNames{"L1", "L2", "L3"};

struct NullVisitor {
    template <class T>
    void operator()(const char*, T&) {}
};
template <class T>
concept Described = requires(T& m, NullVisitor& visitor) {
    T::describe(m, visitor);
};

// ---- struct to JSON
// --------------------------------------------------------------------------------------------

bool is_known(const auto&) {
    return true;
}
bool is_known(const double& value) {
    return std::isfinite(value);
}
bool is_known(const CommandValue& value) {
    const auto* number = std::get_if<double>(&value);
    return number == nullptr || is_known(*number);
}
template <class T>
bool is_known(const std::optional<T>& value) {
    return value && is_known(*value);
}
bool is_known(const PhaseValues& values) {
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

// ---- JSON to struct
// --------------------------------------------------------------------------------------------

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

Problem wrong_type(const char* wanted, const json& got) {
    const std::string type = got.type_name();
    const bool vowel = type.find_first_of("ao") == 0;
    return {{},
            std::string("expected ") + wanted + ", got " +
                (got.is_null() ? ""
                 : vowel       ? "an "
                               : "a ") +
                type};
}

/// Whether a field may be missing.
template <class T>
constexpr bool kMayBeMissing = std::is_same_v<T, PhaseValues>;
template <class T>
constexpr bool kMayBeMissing<std::optional<T>> = true;
template <class T>
constexpr bool kMayBeMissing<std::vector<T>> = true;
template <class T>
constexpr bool kMayBeMissing<std::map<std::string, T>> = true;

class Reader {
  public:
    explicit Reader(const json& object) : object_(object) {}

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
    static MaybeProblem read_object(const json& from, T& message) {
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
    static MaybeProblem read(const json& from, T& value) {
        return read_object(from, value);
    }
    static MaybeProblem read(const json& from, PhaseValues& value) { return read_object(from, value); }

    template <std::integral T>
    static MaybeProblem read(const json& from, T& value) {
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
    static MaybeProblem read(const json& from, bool& value) {
        if (!from.is_boolean()) {
            return wrong_type("true or false", from);
        }
        value = from.get<bool>();
        return std::nullopt;
    }
    static MaybeProblem read(const json& from, double& value) {
        if (!from.is_number()) {
            return wrong_type("a number", from);
        }
        value = from.get<double>();
        return std::nullopt;
    }
    static MaybeProblem read(const json& from, std::string& value) {
        if (!from.is_string()) {
            return wrong_type("a string", from);
        }
        value = from.get_ref<const std::string&>();
        if (value.size() > kMaxStringBytes) {
            return Problem{{}, "expected at most " + std::to_string(kMaxStringBytes) + " bytes"};
        }
        return std::nullopt;
    }
    static MaybeProblem read(const json& from, Timestamp& value) {
        const auto time = from.is_string() ? parse_rfc3339(from.get_ref<const std::string&>()) : std::nullopt;
        if (!time) {
            return Problem{{}, "expected a time like 2026-06-21T10:15:30.250Z"};
        }
        value = *time;
        return std::nullopt;
    }
    static MaybeProblem read(const json& from, CommandValue& value) {
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
    static MaybeProblem read(const json& from, T& value) {
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
    static MaybeProblem read(const json& from, std::optional<T>& value) {
        return read(from, value.emplace());
    }
    template <class T>
    static MaybeProblem read(const json& from, std::vector<T>& values) {
        if (!from.is_array()) {
            return wrong_type("an array", from);
        }
        for (const json& element : from) {
            if (auto problem = read(element, values.emplace_back())) {
                return std::move(*problem).in('[' + std::to_string(values.size() - 1) + ']');
            }
        }
        return std::nullopt;
    }
    template <class T>
    static MaybeProblem read(const json& from, std::map<std::string, T>& values) {
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

    const json& object_;
    std::vector<std::string_view> known_;
    MaybeProblem problem_;
};

template <class M>
Decoded<M> from_json(const json& value) {
    M message;
    if (const auto problem = Reader::read_object(value, message)) {
        return tl::unexpected(
            DecodeError{problem->path.empty() ? problem->text : problem->path + ": " + problem->text});
    }
    return message;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

template <class M>
std::string encode(const M& message) {
    return Writer::to_json(message).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

template <class M>
Decoded<M> decode(std::string_view payload) {
    const auto parsed = parse_guarded(payload);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    return from_json<M>(*parsed);
}

Decoded<Command> decode_command(std::string_view payload) {
    const auto word = trimmed(payload);
    const auto parsed = parse_guarded(word);
    if (parsed) {
        return from_json<Command>(parsed->is_object() ? *parsed : json{{"value", *parsed}});
    }
    if (word.find_first_of("{[\"") == 0) {
        return tl::unexpected(parsed.error());
    }
    if (word.empty() || word.size() > kMaxWordBytes || !std::ranges::all_of(word, is_printable)) {
        return tl::unexpected(
            DecodeError{"expected a JSON object, a number, true, false, or a word of at most " +
                        std::to_string(kMaxWordBytes) + " printable characters"});
    }
    Command command;
    command.value = std::string(word);
    return command;
}

template std::string encode(const GridReading&);
template std::string encode(const PvReading&);
template std::string encode(const BatteryReading&);
template std::string encode(const MeterReading&);
template std::string encode(const EvseInfo&);
template std::string encode(const EvseState&);
template std::string encode(const EvseSetpoint&);
template std::string encode(const EvseApplied&);
template std::string encode(const ControlSite&);
template std::string encode(const ControlEvse&);
template std::string encode(const ServiceStatus&);
template std::string encode(const Event&);
template std::string encode(const Command&);
template std::string encode(const CommandResult&);
template std::string encode(const ActionRequest&);
template std::string encode(const ActionApplied&);
template std::string encode(const SimulatorFault&);
template std::string encode(const SimulatorState&);
template Decoded<GridReading> decode(std::string_view);
template Decoded<PvReading> decode(std::string_view);
template Decoded<BatteryReading> decode(std::string_view);
template Decoded<MeterReading> decode(std::string_view);
template Decoded<EvseInfo> decode(std::string_view);
template Decoded<EvseState> decode(std::string_view);
template Decoded<EvseSetpoint> decode(std::string_view);
template Decoded<EvseApplied> decode(std::string_view);
template Decoded<ControlSite> decode(std::string_view);
template Decoded<ControlEvse> decode(std::string_view);
template Decoded<ServiceStatus> decode(std::string_view);
template Decoded<Event> decode(std::string_view);
template Decoded<Command> decode(std::string_view);
template Decoded<CommandResult> decode(std::string_view);
template Decoded<ActionRequest> decode(std::string_view);
template Decoded<ActionApplied> decode(std::string_view);
template Decoded<SimulatorFault> decode(std::string_view);
template Decoded<SimulatorState> decode(std::string_view);

}  // namespace sunherd::topics
