#include "wall_connector.hpp"

#include "shape.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sunherd::influx {
namespace {

class Line {
  public:
    Line(const char* measurement, const std::string& site, const std::string& id, const std::string& name)
        : text_(measurement) {
        text_ += ",charger_id=" + escaped(id) + ",charger_name=" + escaped(name) + ",site=" + escaped(site);
    }
    void real(const char* key, const std::optional<double>& value) {
        if (value) {
            char digits[32];
            add(key, {digits, std::to_chars(digits, digits + sizeof digits, *value).ptr});
        }
    }
    void integer(const char* key, std::int64_t value) { add(key, std::to_string(value) + 'i'); }
    void boolean(const char* key, bool value) { add(key, value ? "true" : "false"); }
    void end(topics::Timestamp time, std::string& out) {
        out += text_ + ' ' + std::to_string(time.time_since_epoch().count()) + '\n';
    }

  private:
    void add(const char* key, const std::string& value) {
        text_ += (empty_ ? " " : ",") + std::string(key) + '=' + value;
        empty_ = false;
    }
    std::string text_;
    bool empty_ = true;
};

/// The Wall Connector's own number.
std::int64_t evse_state(topics::Iec61851 state) {
    using enum topics::Iec61851;
    switch (state) {
        case A:
            return 1;  // not connected
        case B:
            return 4;  // ready
        case C:
        case D:
            return 11;  // charging
        default:
            return 7;  // error
    }
}

}  // namespace

void append_wall_connector_lines(const std::string& site, const std::string& id, const std::string& name,
                                 const topics::EvseState& state, std::string& out) {
    using enum topics::Iec61851;
    const bool charging = state.state == C || state.state == D;
    Line vitals("twc_vitals", site, id, name);
    vitals.boolean("vehicle_connected", charging || state.state == B);
    vitals.boolean("contactor_closed", charging);
    vitals.real("session_energy_wh", state.session_energy_wh);
    vitals.real("vehicle_current_a", *std::ranges::max_element(state.current_a.phase));
    vitals.real("grid_v", state.voltage_v[0]);
    for (const auto& [phase, letter] : {std::pair{0, 'A'}, std::pair{1, 'B'}, std::pair{2, 'C'}}) {
        vitals.real((std::string("voltage") + letter + "_v").c_str(), state.voltage_v[phase]);
        vitals.real((std::string("current") + letter + "_a").c_str(), state.current_a[phase]);
    }
    if (state.session_duration_s) {
        vitals.integer("session_s", std::llround(*state.session_duration_s));
    }
    vitals.integer("evse_state", evse_state(state.state));
    vitals.end(state.time, out);
    if (state.total_energy_wh) {
        Line lifetime("twc_lifetime", site, id, name);
        lifetime.real("energy_wh", state.total_energy_wh);
        lifetime.end(state.time, out);
    }
}

}  // namespace sunherd::influx
