#include "status_view.hpp"

#include "topics/codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace sunherd::ctl {
namespace {

template <class M>
bool keep(std::map<std::string, M>& newest, const std::string& id, const std::string& payload) {
    if (auto message = topics::decode<M>(payload)) {
        newest[id] = std::move(*message);
        return true;
    }
    return false;
}

template <class M>
bool keep(std::optional<M>& newest, const std::string& payload) {
    if (auto message = topics::decode<M>(payload)) {
        newest = std::move(*message);
        return true;
    }
    return false;
}

std::string number(double value, int decimals) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

std::string kilowatts(std::optional<double> power_w) {
    return power_w ? number(*power_w / 1000.0, 2) + " kW" : "unknown";
}

std::string signed_kilowatts(std::optional<double> power_w, const char* positive, const char* negative) {
    if (!power_w) {
        return "unknown";
    }
    return std::string(*power_w >= 0 ? positive : negative) + " " + kilowatts(std::abs(*power_w));
}

/// Sum of what is known; absent if nothing is.
template <class M>
std::optional<double> total_power_w(const std::map<std::string, M>& readings) {
    std::optional<double> total;
    for (const auto& [id, reading] : readings) {
        if (reading.power_w) {
            total = total.value_or(0) + *reading.power_w;
        }
    }
    return total;
}

std::string phases_text(const topics::PhaseValues& values) {
    std::string text;
    for (int phase = 0; phase < 3; ++phase) {
        text += (phase == 0 ? "" : "/") + (values[phase] ? number(*values[phase], 1) : std::string("–"));
    }
    return text;
}

/// Cuts to `width` characters (not bytes) so that a redrawn line never wraps.
std::string cut(std::string text, std::size_t width) {
    std::size_t characters = 0;
    for (std::size_t byte = 0; byte < text.size(); ++byte) {
        const bool starts_character = (static_cast<unsigned char>(text[byte]) & 0xC0U) != 0x80U;
        if (starts_character && characters++ == width) {
            text.resize(byte);
            break;
        }
    }
    return text;
}

std::string house_line(const StatusView& view, const std::string& local_time) {
    std::string line = local_time + "  grid " +
                       signed_kilowatts(view.grid ? view.grid->power_w : std::nullopt, "import", "export");
    if (view.grid && !view.grid->current_a.empty()) {
        line += " (" + phases_text(view.grid->current_a) + " A)";
    }
    if (!view.pv.empty()) {
        line += "  pv " + kilowatts(total_power_w(view.pv));
    }
    for (const auto& [id, battery] : view.batteries) {
        line += "  battery " + signed_kilowatts(battery.power_w, "gives", "takes");
        if (battery.soc_pct) {
            line += " " + number(*battery.soc_pct, 0) + " %";
        }
    }
    if (view.site && view.site->ems_state != topics::EmsState::ok) {
        line += "  [" + std::string(to_word(view.site->ems_state)) + ": " + view.site->reason.text + "]";
    }
    for (const auto& [service, presence] : view.services) {
        if (presence == topics::Presence::offline) {
            line += "  [" + service + " offline]";
        }
    }
    return line;
}

std::string_view state_word(topics::Iec61851 state) {
    using enum topics::Iec61851;
    switch (state) {
        case A:
            return "free";
        case B:
            return "plugged in";
        case C:
        case D:
            return "charging";
        default:
            return "error";
    }
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

/// What the device has, where that is known: a limit is decided first and written then.
std::optional<double> limit_a(const topics::EvseApplied& applied) {
    using enum topics::ApplyResult;
    const bool has = applied.result == written || applied.result == refreshed || applied.result == fallback;
    return has ? std::optional(applied.current_a) : applied.effective_current_a;
}

std::string evse_line(const std::string& id, const StatusView& view) {
    std::string line = "  " + padded(id, 10);
    if (const auto state = view.evses.find(id); state != view.evses.end()) {
        line += " " + padded(std::string(state_word(state->second.state)), 10) + "  " +
                kilowatts(state->second.power_w);
    }
    const auto applied = view.applied.find(id);
    const auto has_a = applied != view.applied.end() ? limit_a(applied->second) : std::nullopt;
    if (has_a) {
        line += "  may " + number(*has_a, 1) + " A";
    }
    if (const auto control = view.controls.find(id); control != view.controls.end()) {
        const double target_a = control->second.target_current_a;
        if (!has_a || std::abs(*has_a - target_a) > 0.05) {
            line += "  is to get " + number(target_a, 1) + " A";
        }
        line += "  " + std::string(to_word(control->second.mode)) + ": " + control->second.reason.text;
    }
    return line;
}

}  // namespace

bool take(StatusView& view, const topics::Parsed& topic, const std::string& payload) {
    switch (topic.kind) {
        case topics::Kind::grid:
            return keep(view.grid, payload);
        case topics::Kind::pv:
            return keep(view.pv, topic.id, payload);
        case topics::Kind::battery:
            return keep(view.batteries, topic.id, payload);
        case topics::Kind::evse_state:
            return keep(view.evses, topic.id, payload);
        case topics::Kind::evse_applied:
            return keep(view.applied, topic.id, payload);
        case topics::Kind::control_evse:
            return keep(view.controls, topic.id, payload);
        case topics::Kind::control_site:
            return keep(view.site, payload);
        case topics::Kind::event:
            return keep(view.event, payload);
        case topics::Kind::service_status:
            if (const auto status = topics::decode<topics::ServiceStatus>(payload)) {
                view.services[topic.id] = status->status;
                return true;
            }
            return false;
        default:
            return false;
    }
}

std::vector<std::string> status_lines(const StatusView& view, topics::Timestamp now,
                                      const LocalTime& local_time, std::size_t width) {
    std::vector<std::string> lines{house_line(view, local_time(now))};
    std::map<std::string, int> ids;
    for (const auto& [id, state] : view.evses) {
        ids[id];
    }
    for (const auto& [id, control] : view.controls) {
        ids[id];
    }
    for (const auto& [id, unused] : ids) {
        lines.push_back(evse_line(id, view));
    }
    if (view.event) {
        lines.push_back("  " + local_time(view.event->time) + "  " + view.event->text);
    }
    for (auto& line : lines) {
        line = cut(std::move(line), width);
    }
    return lines;
}

}  // namespace sunherd::ctl
