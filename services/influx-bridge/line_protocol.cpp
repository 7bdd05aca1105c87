#include "line_protocol.hpp"

#include "topics/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace sunherd::influx {
namespace {

using nlohmann::json;
using topics::Kind;
using Normalized = tl::expected<std::string, std::string>;

/// Decoded and encoded again: a valid message, whose reals are written as such whoever wrote it.
template <class M>
Normalized normalize(const std::string& payload) {
    const auto message = topics::decode<M>(payload);
    if (!message) {
        return tl::unexpected(message.error().text);
    }
    return topics::encode(*message);
}

struct Mapping {
    Kind kind{};
    const char* measurement = nullptr;
    Normalized (*normalize)(const std::string&) = nullptr;
    /// Members that become tags: few different values, and what keeps two messages of one millisecond apart.
    std::array<const char*, 4> tags{};
};
constexpr Mapping kMappings[] = {
    {Kind::grid, "grid", normalize<topics::GridReading>, {{"source"}}},
    {Kind::pv, "pv", normalize<topics::PvReading>},
    {Kind::battery, "battery", normalize<topics::BatteryReading>},
    {Kind::meter, "meter", normalize<topics::MeterReading>},
    {Kind::evse_info, "evse_info", normalize<topics::EvseInfo>},
    {Kind::evse_state, "evse", normalize<topics::EvseState>},
    {Kind::evse_setpoint, "evse_setpoint", normalize<topics::EvseSetpoint>},
    {Kind::evse_applied, "evse_applied", normalize<topics::EvseApplied>, {{"result"}}},
    {Kind::control_site, "control_site", normalize<topics::ControlSite>},
    {Kind::control_evse, "control_evse", normalize<topics::ControlEvse>},
    {Kind::service_status, "service", normalize<topics::ServiceStatus>},
    {Kind::event, "event", normalize<topics::Event>, {{"severity", "code", "service", "device"}}},
    {Kind::command_result, "command_result", normalize<topics::CommandResult>, {{"command"}}},
    {Kind::action_applied, "action", normalize<topics::ActionApplied>, {{"action"}}},
    {Kind::simulator_state, "simulator", normalize<topics::SimulatorState>},
};

/// InfluxDB's integers are signed, its timestamps nanoseconds in one. A single line beyond would
/// cost its batch.
constexpr std::uint64_t kHighestCount = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLatestMs = std::numeric_limits<std::int64_t>::max() / 1'000'000;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}

/// Of a text field: only quote and backslash are special.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += is_control(c) ? ' ' : c;
    }
    return out + '"';
}

/// A key or a tag's value. It can't hold a line's end, and a backslash before a comma would hide it.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == ',' || c == '=' || c == ' ') {
            out += '\\';
        }
        out += is_control(c) || c == '\\' ? '_' : c;
    }
    return out;
}

void add_tag(std::string& line, const std::string& key, const std::string& value) {
    if (!value.empty()) {
        line += ',' + key + '=' + escaped(value);
    }
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string real(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

void add_fields(std::string& fields, const std::string& key, const json& value) {
    const auto add = [&](const std::string& text) {
        fields += (fields.empty() ? "" : ",") + escaped(key) + '=' + text;
    };
    switch (value.type()) {
        case json::value_t::object:
            for (const auto& [name, child] : value.items()) {
                add_fields(fields, (key.empty() ? "" : key + '_') + lower(name), child);
            }
            break;
        case json::value_t::array:
            for (const auto& item : value) {
                add_fields(fields, key + '_' + item.value("id", json(0)).dump(), item);
            }
            break;
        case json::value_t::string:
            add(quoted(value.get<std::string>()));
            break;
        case json::value_t::boolean:
            add(value.get<bool>() ? "true" : "false");
            break;
        case json::value_t::number_float:
            add(real(value.get<double>()));
            break;
        case json::value_t::number_integer:
            add(value.dump() + 'i');
            break;
        case json::value_t::number_unsigned:
            add(std::to_string(std::min(value.get<std::uint64_t>(), kHighestCount)) + 'i');
            break;
        default:
            break;
    }
}

}  // namespace

const std::vector<Kind>& written_kinds() {
    static const std::vector<Kind> kinds = [] {
        std::vector<Kind> all;
        for (const auto& mapping : kMappings) {
            all.push_back(mapping.kind);
        }
        return all;
    }();
    return kinds;
}

tl::expected<std::string, std::string> to_line(const std::string& site, const topics::Parsed& topic,
                                               const std::string& payload) {
    const auto* const mapping =
        std::find_if(std::begin(kMappings), std::end(kMappings),
                     [&](const Mapping& candidate) { return candidate.kind == topic.kind; });
    if (mapping == std::end(kMappings)) {
        return tl::unexpected(std::string("a topic that is not written"));
    }
    auto normalized = mapping->normalize(payload);
    if (!normalized) {
        return normalized;
    }
    json message = json::parse(*normalized);
    const auto time = topics::parse_rfc3339(message.at("time").get<std::string>());
    const auto time_ms = time->time_since_epoch().count();
    if (time_ms < 0 || time_ms > kLatestMs) {
        return tl::unexpected("time: " + message.at("time").get<std::string>() + " is not from 1970 to 2262");
    }
    message.erase("time");
    std::string line = mapping->measurement;
    add_tag(line, "site", site);
    add_tag(line, "id", topic.id);
    for (const auto* tag : mapping->tags) {
        if (tag != nullptr && message.contains(tag)) {
            add_tag(line, tag, message.at(tag).get<std::string>());
            message.erase(tag);
        }
    }
    std::string fields;
    add_fields(fields, "", message);
    return line + ' ' + fields + ' ' + std::to_string(time_ms);
}

}  // namespace sunherd::influx
