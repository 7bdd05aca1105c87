#include "wall_connector.hpp"

#include "line_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sunherd::influx {
namespace {

class Line {
  public:
    explicit Line(std::string head) : text_(std::move(head)) {}
    void real(const char* key, const std::optional<double>& value) {
        if (value) {
            char digits[32];
            add(key, {digits, std::to_chars(digits, digits + sizeof digits, *value).ptr});
        }
    }
    void integer(const char* key, std::int64_t value) { add(key, std::to_string(value) + 'i'); }
    void boolean(const char* key, bool value) { add(key, value ? "true" : "false"); }
    /// Lines without a field are none.
    std::size_t end(topics::Timestamp time, std::string& out) {
        if (empty_) {
            return 0;
        }
        out += text_ + ' ' + std::to_string(time.time_since_epoch().count()) + '\n';
        return 1;
    }

  private:
    void add(const char* key, const std::string& value) {
        text_ += (empty_ ? " " : ",") + std::string(key) + '=' + value;
        empty_ = false;
    }
    std::string text_;
    bool empty_ = true;
};

std::string head(const char* measurement, const Charger& charger) {
    return std::string(measurement) + ",charger_id=" + escaped(charger.id) +
           ",charger_name=" + escaped(charger.name) + ",site=" + escaped(charger.site);
}

std::int64_t ms(topics::Timestamp time) {
    return time.time_since_epoch().count();
}

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

std::size_t append_vitals(const Charger& charger, const topics::EvseState& state, std::string& out) {
    using enum topics::Iec61851;
    const bool charging = state.state == C || state.state == D;
    Line vitals(head("twc_vitals", charger));
    vitals.boolean("vehicle_connected", charging || state.state == B);
    vitals.boolean("contactor_closed", charging);
    vitals.real("session_energy_wh", state.session_energy_wh);
    vitals.real("vehicle_current_a", *std::ranges::max_element(state.current_a.phase));
    vitals.real("grid_v", state.voltage_v[0]);
    constexpr std::pair<const char*, const char*> kPhases[] = {
        {"voltageA_v", "currentA_a"}, {"voltageB_v", "currentB_a"}, {"voltageC_v", "currentC_a"}};
    for (int phase = 0; phase < 3; ++phase) {
        vitals.real(kPhases[phase].first, state.voltage_v[phase]);
        vitals.real(kPhases[phase].second, state.current_a[phase]);
    }
    vitals.real("pcba_temp_c", state.temperature_c);
    if (state.session_duration_s) {
        vitals.integer("session_s", std::llround(*state.session_duration_s));
    }
    vitals.integer("evse_state", evse_state(state.state));
    Line lifetime(head("twc_lifetime", charger));
    lifetime.real("energy_wh", state.total_energy_wh);
    const auto count = vitals.end(state.time, out);
    return count + lifetime.end(state.time, out);
}

std::size_t append_session(const Charger& charger, const topics::Session& session, std::string& out) {
    Line line(head("twc_session", charger));
    line.integer("start_time", ms(session.start_time));
    if (session.end_time) {
        line.integer("end_time", ms(*session.end_time));
    }
    line.integer("duration_s", std::llround(session.duration_s));
    line.real("energy_wh", session.energy_wh);
    line.real("avg_power_w", session.avg_power_w);
    line.real("peak_power_w", session.peak_power_w);
    line.real("total_cost", session.cost);
    line.real("avg_price", session.avg_price_per_kwh);
    return line.end(session.time, out);
}

std::size_t append_comed_price(const std::string& site, const topics::TariffNow& tariff, std::string& out) {
    const auto cents = [](const std::optional<double>& price) {
        return price ? std::optional(*price * 100) : std::nullopt;
    };
    const auto tags = ",site=" + escaped(site);
    Line now("comed_price,price_type=5min" + tags);
    now.real("price_cents_kwh", cents(tariff.energy_price_per_kwh));
    Line hour("comed_price,price_type=hourly_avg" + tags);
    hour.real("price_cents_kwh", cents(tariff.hour_avg_per_kwh));
    Line hourly("comed_price_hourly" + tags);
    hourly.real("avg_price", cents(tariff.hour_avg_per_kwh));
    hourly.real("min_price", cents(tariff.hour_min_per_kwh));
    hourly.real("max_price", cents(tariff.hour_max_per_kwh));
    std::size_t count = 0;
    for (auto* line : {&now, &hour, &hourly}) {
        count += line->end(tariff.valid_from, out);
    }
    return count;
}

}  // namespace sunherd::influx
