#include "site_picture.hpp"

#include "night_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sunherd::controller {
namespace {

using namespace std::chrono_literals;
using engine::Instant;

/// Beyond these nothing is measured in a building; such a value is unknown.
constexpr double kMaxA = 10000;
constexpr double kMaxW = 10e6;
constexpr std::size_t kMaxAdopted = 256;

std::optional<double> believable(const std::optional<double>& value, double limit) {
    return value && std::abs(*value) <= limit ? value : std::nullopt;
}

topics::PhaseValues believable(topics::PhaseValues values) {
    for (auto& value : values.phase) {
        value = believable(value, kMaxA);
    }
    return values;
}

std::optional<SitePicture::Moment> received_of(const bus::Incoming& raw) {
    return raw.retained ? std::nullopt : std::optional(raw.received);
}

std::optional<Instant> instant(const std::optional<SitePicture::Moment>& moment) {
    return moment ? std::optional(std::chrono::duration_cast<Instant>(moment->time_since_epoch()))
                  : std::nullopt;
}

/// From powers where a meter tells no currents.
topics::PhaseValues currents(const topics::PhaseValues& current_a, const topics::PhaseValues& power_w,
                             const topics::PhaseValues& voltage_v, double nominal_v) {
    topics::PhaseValues result = believable(current_a);
    for (std::size_t p = 0; p < result.phase.size(); ++p) {
        const auto phase_w = believable(power_w.phase.at(p), kMaxW);
        const double voltage = voltage_v.phase.at(p).value_or(nominal_v);
        if (!result.phase.at(p) && phase_w && voltage > 0) {
            result.phase.at(p) = *phase_w / voltage;
        }
    }
    return result;
}

engine::Wiring wiring_of(const site::Evse& evse) {
    engine::Wiring wiring{.site_phase = {0, 1, 2}, .count = 0};
    const auto& text = evse.phase_rotation;
    for (std::size_t i = 0; i + 1 < text.size() && wiring.count < std::min(evse.phases, 3); i += 2) {
        const int phase = text[i + 1] - '1';
        if (text[i] == 'L' && phase >= 0 && phase < 3) {
            wiring.site_phase.at(static_cast<std::size_t>(wiring.count++)) = phase;
        }
    }
    return wiring;
}

/// A few polls may fail.
Instant stale_after(std::chrono::milliseconds poll, std::chrono::milliseconds least) {
    return std::max<Instant>(least, 3 * poll + 2s);
}

/// How much of a battery's charge is for EVSEs.
void share_sun(engine::Battery& battery, topics::BatteryMode mode) {
    using enum topics::BatteryMode;
    switch (mode) {
        case automatic:
            break;
        case battery_first:
            battery.soc_target_pct.reset();
            break;
        case evse_first:
            battery.soc_target_pct = 0;
            battery.max_discharge_w = 0;
            break;
        case support:
            battery.soc_target_pct = battery.soc_min_pct;
            break;
    }
}

}  // namespace

SitePicture::SitePicture(const site::Site& site) : site_(site), evses_(site.evses) {
    order_circuits();
    for (const auto& device : site_.devices) {
        devices_[device.id];
    }
}

void SitePicture::order_circuits() {
    site::Circuit main;
    main.id = "main";
    main.fuse_a = site_.grid.main_fuse_a;
    circuits_.push_back(main);
    auto waiting = site_.circuits;
    const auto has_place = [this](const site::Circuit& circuit) {
        return !circuit.parent || circuit_index(circuit.parent) > 0;
    };
    while (!waiting.empty()) {
        const auto next = std::find_if(waiting.begin(), waiting.end(), has_place);
        if (next == waiting.end()) {
            return;  // a loop: the site file's checks let none through
        }
        circuits_.push_back(*next);
        waiting.erase(next);
    }
}

bool SitePicture::is_ours(const std::string& evse) const {
    return std::any_of(evses_.begin(), evses_.end(), [&evse](const auto& each) { return each.id == evse; });
}

int SitePicture::circuit_index(const std::optional<std::string>& id) const {
    for (std::size_t c = 1; id && c < circuits_.size(); ++c) {
        if (circuits_[c].id == *id) {
            return static_cast<int>(c);
        }
    }
    return 0;
}

void SitePicture::take(const topics::GridReading& reading, const bus::Incoming& raw) {
    const double nominal_v = site_.grid.nominal_voltage_v;
    grid_ = {.current_a = currents(reading.current_a, reading.phase_power_w, reading.voltage_v, nominal_v),
             .voltage_v = reading.voltage_v,
             .power_w = believable(reading.power_w, kMaxW),
             .received = received_of(raw)};
    if (site_.grid.phases == 1 && !grid_.current_a[0] && grid_.power_w) {
        grid_.current_a[0] = *grid_.power_w / nominal_v;
    }
    grid_time_ = raw.retained ? std::nullopt : std::optional(reading.time);
}

void SitePicture::take_pv(const std::string& id, const topics::PvReading& reading, const bus::Incoming& raw) {
    if (const auto device = devices_.find(id); device != devices_.end()) {
        device->second = {.power_w = believable(reading.power_w, kMaxW), .received = received_of(raw)};
    }
}

void SitePicture::take_battery(const std::string& id, const topics::BatteryReading& reading,
                               const bus::Incoming& raw) {
    if (const auto device = devices_.find(id); device != devices_.end()) {
        device->second = {.power_w = believable(reading.power_w, kMaxW),
                          .soc_pct = reading.soc_pct,
                          .max_charge_w = believable(reading.max_charge_w, kMaxW),
                          .max_discharge_w = believable(reading.max_discharge_w, kMaxW),
                          .received = received_of(raw)};
    }
}

void SitePicture::take_meter(const std::string& id, const topics::MeterReading& reading,
                             const bus::Incoming& raw) {
    if (const auto device = devices_.find(id); device != devices_.end()) {
        device->second = {.current_a = currents(reading.current_a, reading.phase_power_w, reading.voltage_v,
                                                site_.grid.nominal_voltage_v),
                          .received = received_of(raw)};
    }
}

bool SitePicture::take_state(const std::string& id, const topics::EvseState& state,
                             const bus::Incoming& raw) {
    if (!is_ours(id)) {
        return false;
    }
    EvseSeen& seen = seen_[id];
    const bool changed = !seen.received || seen.state.state != state.state;
    seen.state = state;
    seen.received = received_of(raw);
    return changed;
}

void SitePicture::take_applied(const std::string& id, const topics::EvseApplied& applied,
                               const bus::Incoming& raw) {
    if (!is_ours(id) || raw.retained) {
        return;
    }
    using enum topics::ApplyResult;
    EvseSeen& seen = seen_[id];
    switch (applied.result) {
        case written:
        case refreshed:
        case fallback:
            seen.confirmed_a = applied.current_a;
            seen.unconfirmed_a.reset();
            break;
        case rejected:
            seen.unconfirmed_a = seen.confirmed_a;
            break;
        case failed:
            seen.unconfirmed_a =
                std::max({seen.unconfirmed_a.value_or(0), applied.current_a,
                          seen.confirmed_a.value_or(seen.state.target_current_a.value_or(0))});
            break;
        case ignored:
            break;
    }
}

bool SitePicture::adopt(const std::string& id, const topics::EvseInfo& info) {
    const bool wanted =
        site_.discovery && site_.discovery->adopt == site::Discovery::Adopt::automatic && info.adopted;
    if (is_ours(id) || !wanted || evses_.size() >= site_.evses.size() + kMaxAdopted) {
        return false;
    }
    site::Evse evse;
    evse.id = id;
    evse.name = info.name;
    evse.profile = info.profile;
    evse.phase_rotation = info.phase_rotation;
    evse.phases = std::clamp(info.phases, 1, 3);
    evse.min_current_a = info.min_current_a;
    evse.max_current_a = std::min(info.max_current_a, site_.discovery->max_current_a);
    evse.fallback_current_a = 0;  // nobody planned for it: no fuse has room put aside
    evse.priority = 100;          // after all that the site file names
    evse.circuit = site_.discovery->circuit;
    evses_.push_back(std::move(evse));
    return true;
}

engine::Site SitePicture::at(Moment now, topics::Timestamp utc, const Overrides& overrides) const {
    engine::Site picture;
    picture.now = *instant(now);
    picture.phases = site_.grid.phases;
    picture.nominal_voltage_v = site_.grid.nominal_voltage_v;
    picture.voltage_v = grid_.voltage_v;
    picture.grid_power_w = grid_.power_w;
    picture.timing.start_delay = site_.solar.start_delay;
    picture.timing.stop_delay = site_.solar.stop_delay;
    picture.timing.max_starts_per_hour = site_.solar.max_starts_per_hour;
    picture.distribution = site_.grid.distribution;
    picture.excess_threshold_w = site_.solar.excess_threshold_w;
    add_circuits(picture);
    add_limits(picture, utc, overrides);
    add_powers(picture, overrides);
    picture.evses.reserve(evses_.size());
    for (const auto& evse : evses_) {
        picture.evses.push_back(evse_at(evse, utc, overrides));
    }
    return picture;
}

void SitePicture::add_circuits(engine::Site& picture) const {
    for (const auto& circuit : circuits_) {
        const bool main = picture.circuits.empty();
        const auto meter = circuit.meter ? devices_.find(*circuit.meter) : devices_.end();
        const Reading* reading = main ? &grid_ : (meter != devices_.end() ? &meter->second : nullptr);
        engine::Circuit fuse{.id = circuit.id,
                             .parent = circuit_index(circuit.parent),
                             .limit_a = circuit.fuse_a,
                             .metered = main || circuit.meter.has_value(),
                             .max_w = circuit.max_w,
                             .curve = main ? site_.grid.fuse_curve : circuit.fuse_curve,
                             .distribution = circuit.distribution};
        fuse.stale_after = site_.grid.stale_after;
        if (reading != nullptr) {
            fuse.current_a = reading->current_a;
            fuse.read_at = instant(reading->received);
        }
        for (const auto& device : site_.devices) {
            if (circuit.meter == device.id) {
                fuse.stale_after = stale_after(device.poll, site_.grid.stale_after);
            }
        }
        picture.circuits.push_back(std::move(fuse));
    }
}

void SitePicture::add_powers(engine::Site& picture, const Overrides& overrides) const {
    for (const auto& device : site_.devices) {
        const Reading& reading = devices_.at(device.id);
        const auto read_at = instant(reading.received);
        const auto stale = stale_after(device.poll, 15s);
        if (device.role == site::Role::pv) {
            picture.pv.push_back({.power_w = reading.power_w, .read_at = read_at, .stale_after = stale});
        } else if (device.role == site::Role::battery) {
            const auto rules = device.battery.value_or(site::BatteryRules{});
            picture.batteries.push_back(
                {.power_w = reading.power_w,
                 .read_at = read_at,
                 .stale_after = stale,
                 .soc_pct = reading.soc_pct,
                 .soc_min_pct = rules.min_soc_pct,
                 .spare_below_min = rules.spare_below_min,
                 .soc_target_pct = rules.target_soc_pct,
                 .soc_hysteresis_pct = rules.soc_hysteresis_pct,
                 .max_charge_w = rules.max_charge_w ? rules.max_charge_w : reading.max_charge_w,
                 .max_discharge_w = rules.max_discharge_w ? rules.max_discharge_w : reading.max_discharge_w});
            share_sun(picture.batteries.back(), battery_mode(overrides));
        }
    }
}

/// Of the site file, or lower ones that somebody set.
void SitePicture::add_limits(engine::Site& picture, topics::Timestamp utc, const Overrides& overrides) const {
    const auto lower = [&overrides](const char* setting, std::optional<double> limit) {
        const auto* override = overrides.find("", setting);
        const double infinite = std::numeric_limits<double>::infinity();
        const double set = std::max(0.0, number_or(override, infinite));
        return std::min(set, limit.value_or(infinite)) < infinite
                   ? std::optional(std::min(set, limit.value_or(infinite)))
                   : std::nullopt;
    };
    picture.circuits.front().limit_a = grid_limit_a(overrides);
    picture.max_import_w = lower("max_import_w", site_.grid.max_import_w);
    picture.max_evse_w = lower("max_evse_w", std::nullopt);
    picture.max_average_w = site_.grid.max_average_w;
    picture.max_imbalance_a = site_.grid.max_imbalance_a;
    // Quarters of an hour by the clock; time zones differ by whole ones.
    constexpr std::chrono::milliseconds kQuarter = 15min;
    const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(utc.time_since_epoch());
    picture.quarter_left = kQuarter - (since_epoch % kQuarter + kQuarter) % kQuarter;
}

engine::Evse SitePicture::evse_at(const site::Evse& evse, topics::Timestamp utc,
                                  const Overrides& overrides) const {
    const EvseSettings settings = this->settings(evse, utc, overrides);
    engine::Evse now;
    now.id = evse.id;
    now.circuit = circuit_index(evse.circuit);
    now.wiring = wiring_of(evse);
    now.min_a = settings.min_current_a;
    now.max_a = settings.max_current_a;
    now.fallback_a = evse.fallback_current_a;
    now.priority = settings.priority;
    now.mode = settings.acting_mode;
    now.paused = settings.paused;
    now.standby = settings.standby;
    now.target_reached = settings.target_reached;
    now.plan_a = settings.plan_a;
    now.stale_after = stale_after(evse.poll, 5s);
    if (settings.acting_mode == topics::ChargeMode::night) {
        const auto window = open_window(evse.night, site_.time_zone, utc);
        now.night_open = window.has_value();
        now.max_a = std::min(now.max_a, window && window->max_current_a ? *window->max_current_a : now.max_a);
    }
    if (const auto found = seen_.find(evse.id); found != seen_.end()) {
        const EvseSeen& seen = found->second;
        now.state = seen.state.state;
        now.current_a = believable(seen.state.current_a);
        now.power_w = believable(seen.state.power_w, kMaxW);
        now.vehicle_max_a = seen.state.vehicle_max_current_a;
        now.in_force_a = seen.state.target_current_a;
        if (seen.unconfirmed_a) {
            now.unconfirmed_a = std::clamp(*seen.unconfirmed_a, 0.0, std::max(0.0, evse.max_current_a));
        }
        now.read_at = instant(seen.received);
    }
    return now;
}

EvseSettings SitePicture::settings(const site::Evse& evse, topics::Timestamp utc,
                                   const Overrides& overrides) const {
    Surroundings known{
        .utc = utc, .voltage_v = site_.grid.nominal_voltage_v, .price_per_kwh = market_.price_per_kwh(utc)};
    if (const auto* car = market_.car_at(evse.id)) {
        known.soc_pct = car->soc_pct;
        known.capacity_wh = car->capacity_wh;
    }
    return settings_of(evse, overrides, known);
}

double SitePicture::grid_limit_a(const Overrides& overrides) const {
    const double main_fuse_a = site_.grid.main_fuse_a;
    return std::clamp(number_or(overrides.find("", "grid_limit_a"), main_fuse_a), 0.0, main_fuse_a);
}

CommandLimits SitePicture::command_limits() const {
    CommandLimits limits{.evses = {},
                         .main_fuse_a = site_.grid.main_fuse_a,
                         .max_import_w = site_.grid.max_import_w.value_or(kMaxW),
                         .time_zone = site_.time_zone};
    for (const auto& evse : evses_) {
        limits.evses.push_back(
            {evse.id, evse.min_current_a, evse.max_current_a, !evse.night.empty(), evse.master});
    }
    return limits;
}

}  // namespace sunherd::controller
