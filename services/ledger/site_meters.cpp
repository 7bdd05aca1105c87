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

bool is_fresh(Timestamp time, Timestamp now) {
    const auto age = now - time;
    return age <= SiteMeters::kFresh && -age <= SiteMeters::kFresh;
}

}  // namespace

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
    note(grid_, kGrid, reading.time, reading.power_w);
    count("grid/imported", &history::Balance::imported_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = positive(reading.power_w),
           .counter_wh = reading.imported_wh},
          buckets, sink);
    count("grid/exported", &history::Balance::exported_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = negative(reading.power_w),
           .counter_wh = reading.exported_wh},
          buckets, sink);
}

void SiteMeters::take_pv(const std::string& id, const topics::PvReading& reading,
                         std::optional<double> elapsed_s, const energy::Buckets& buckets, const Sink& sink) {
    note(pv_, id, reading.time, reading.power_w);
    count("pv/" + id, &history::Balance::pv_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = reading.power_w,
           .counter_wh = reading.energy_wh},
          buckets, sink);
}

void SiteMeters::take_battery(const std::string& id, const topics::BatteryReading& reading,
                              std::optional<double> elapsed_s, const energy::Buckets& buckets,
                              const Sink& sink) {
    note(batteries_, id, reading.time, reading.power_w);
    count("battery/" + id + "/charged", &history::Balance::charged_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = negative(reading.power_w),
           .counter_wh = reading.charged_wh},
          buckets, sink);
    count("battery/" + id + "/discharged", &history::Balance::discharged_wh,
          {.time = reading.time,
           .elapsed_s = elapsed_s,
           .power_w = positive(reading.power_w),
           .counter_wh = reading.discharged_wh},
          buckets, sink);
}

void SiteMeters::note_evse(const std::string& id, Timestamp time, double power_w) {
    note(evses_, id, time, power_w);
}

void SiteMeters::note(Powers& powers, const std::string& id, Timestamp time, std::optional<double> power_w) {
    if (!power_w) {
        powers.erase(id);
    } else if (powers.contains(id) || powers.size() < kMostDevices) {
        powers[id] = {time, *power_w};
    }
}

double SiteMeters::sum(const Powers& powers, Timestamp now) {
    double sum_w = 0;
    for (const auto& [id, power] : powers) {
        sum_w += is_fresh(power.time, now) ? power.power_w : 0;
    }
    return sum_w;
}

energy::Mix SiteMeters::mix(Timestamp now) const {
    const auto grid = grid_.find(kGrid);
    if (grid == grid_.end() || !is_fresh(grid->second.time, now)) {
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
