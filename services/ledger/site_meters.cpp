#include "site_meters.hpp"

#include "energy/power_integral.hpp"

namespace sunherd::ledger {
namespace {

constexpr auto kGrid = "grid";

std::optional<double> positive(const std::optional<double>& power_w) {
    return power_w ? std::optional(std::max(0.0, *power_w)) : std::nullopt;
}

std::optional<double> negative(const std::optional<double>& power_w) {
    return power_w ? std::optional(std::max(0.0, -*power_w)) : std::nullopt;
}

constexpr int kMayBeMissing = 3;  ///< readings of a device, before it is silent

double longest_gap_s(std::chrono::milliseconds poll) {
    return std::max(energy::EnergyMeter::kLongestGapS,
                    std::chrono::duration<double>(kMayBeMissing * poll).count());
}

/// 0: not in the site file.
std::chrono::milliseconds poll_of(const std::map<std::string, std::chrono::milliseconds>& polls,
                                  const std::string& id) {
    const auto found = polls.find(id);
    return found == polls.end() ? std::chrono::milliseconds{} : found->second;
}

}  // namespace

SiteMeters::SiteMeters(const site::Site& site) {
    for (const auto& evse : site.evses) {
        evse_polls_.emplace(evse.id, evse.poll);
        grid_poll_ = evse.master ? evse.load_guard_poll : grid_poll_;
    }
    for (const auto& device : site.devices) {
        device_polls_.emplace(device.id, device.poll);
        grid_poll_ = device.role == site::Role::grid ? device.poll : grid_poll_;
    }
}

double SiteMeters::longest_gap_of_evse_s(const std::string& id) const {
    return longest_gap_s(poll_of(evse_polls_, id));
}

bool SiteMeters::Power::is_fresh(Timestamp now) const {
    return std::chrono::abs(now - time) <= fresh;
}

void SiteMeters::count(const std::string& name, Counted counted, energy::EnergyMeter::Reading reading,
                       const energy::Buckets& buckets, const Sink& sink) {
    if (!meters_.contains(name) && meters_.size() >= kMostDevices) {
        return;
    }
    auto& meter = meters_.try_emplace(name, energy::kMostW).first->second;
    for (const auto& flow : meter.add(reading, buckets)) {
        sink(counted, flow);
    }
}

void SiteMeters::take(const topics::GridReading& reading, std::optional<double> elapsed_s,
                      const energy::Buckets& buckets, const Sink& sink) {
    note(grid_, kGrid, reading.time, reading.power_w, grid_poll_);
    count("grid/imported", &history::Balance::imported_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = positive(reading.power_w),
           .counter_wh = reading.imported_wh,
           .longest_gap_s = longest_gap_s(grid_poll_)},
          buckets, sink);
    count("grid/exported", &history::Balance::exported_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = negative(reading.power_w),
           .counter_wh = reading.exported_wh,
           .longest_gap_s = longest_gap_s(grid_poll_)},
          buckets, sink);
}

void SiteMeters::take_pv(const std::string& id, const topics::PvReading& reading,
                         std::optional<double> elapsed_s, const energy::Buckets& buckets, const Sink& sink) {
    const auto poll = poll_of(device_polls_, id);
    note(pv_, id, reading.time, reading.power_w, poll);
    count("pv/" + id, &history::Balance::pv_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = reading.power_w,
           .counter_wh = reading.energy_wh,
           .longest_gap_s = longest_gap_s(poll)},
          buckets, sink);
}

void SiteMeters::take_battery(const std::string& id, const topics::BatteryReading& reading,
                              std::optional<double> elapsed_s, const energy::Buckets& buckets,
                              const Sink& sink) {
    const auto poll = poll_of(device_polls_, id);
    note(batteries_, id, reading.time, reading.power_w, poll);
    count("battery/" + id + "/charged", &history::Balance::charged_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = negative(reading.power_w),
           .counter_wh = reading.charged_wh,
           .longest_gap_s = longest_gap_s(poll)},
          buckets, sink);
    count("battery/" + id + "/discharged", &history::Balance::discharged_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = positive(reading.power_w),
           .counter_wh = reading.discharged_wh,
           .longest_gap_s = longest_gap_s(poll)},
          buckets, sink);
}

void SiteMeters::note_evse(const std::string& id, Timestamp time, double power_w) {
    note(evses_, id, time, power_w, poll_of(evse_polls_, id));
}

void SiteMeters::note(Powers& powers, const std::string& id, Timestamp time, std::optional<double> power_w,
                      Milliseconds poll) {
    if (!power_w) {
        powers.erase(id);
    } else if (powers.contains(id) || powers.size() < kMostDevices) {
        powers[id] = {time, *power_w, std::max<Milliseconds>(kFresh, kMayBeMissing * poll)};
    }
}

double SiteMeters::sum(const Powers& powers, Timestamp now) {
    double sum_w = 0;
    for (const auto& [id, power] : powers) {
        sum_w += power.is_fresh(now) ? power.power_w : 0;
    }
    return sum_w;
}

energy::Mix SiteMeters::mix(Timestamp now) const {
    const auto grid = grid_.find(kGrid);
    if (grid == grid_.end() || !grid->second.is_fresh(now)) {
        return {};
    }
    return sessions::mix_of({.grid_w = grid->second.power_w,
                             .pv_w = sum(pv_, now),
                             .battery_w = sum(batteries_, now),
                             .evse_w = sum(evses_, now)});
}

std::map<std::string, energy::EnergyMeter::State> SiteMeters::states() const {
    std::map<std::string, energy::EnergyMeter::State> all;
    for (const auto& [name, meter] : meters_) {
        all.emplace(name, meter.state());
    }
    return all;
}

void SiteMeters::resume(const std::map<std::string, energy::EnergyMeter::State>& states) {
    for (const auto& [name, state] : states) {
        meters_.emplace(name, energy::EnergyMeter(energy::kMostW, state));
    }
}

}  // namespace sunherd::ledger
