#include "energy_book.hpp"

#include "catalogue.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ha {
namespace {

std::optional<double> negated(const std::optional<double>& power_w) {
    return power_w ? std::optional(-*power_w) : std::nullopt;
}

constexpr std::array kTotals{&topics::EnergyTotals::imported_wh,   &topics::EnergyTotals::exported_wh,
                             &topics::EnergyTotals::produced_wh,   &topics::EnergyTotals::charged_wh,
                             &topics::EnergyTotals::discharged_wh, &topics::EnergyTotals::consumed_wh};

/// As fine as people see it.
std::optional<double> rounded(const std::optional<double>& total_wh) {
    return total_wh ? std::optional(std::floor(*total_wh)) : std::nullopt;
}

}  // namespace

EnergyCounter& EnergyBook::counter(const std::string& id, Total total) {
    return entries_[id].counters.at(
        static_cast<std::size_t>(std::ranges::find(kTotals, total) - kTotals.begin()));
}

void EnergyBook::count(const std::string& id, Total total, const std::optional<double>& counter_wh,
                       const std::optional<double>& power_w, Moment at) {
    if (counter_wh) {
        counter(id, total).count(*counter_wh, at);
    } else if (power_w) {
        counter(id, total).flow(*power_w, at);
    }
}

void EnergyBook::resume(const std::string& id, const topics::EnergyTotals& before) {
    for (const auto total : kTotals) {
        if (before.*total) {
            counter(id, total).resume(*(before.*total));
        }
    }
}

void EnergyBook::take(const topics::GridReading& reading, Moment at) {
    count(kGridEnergy, &topics::EnergyTotals::imported_wh, reading.imported_wh, reading.power_w, at);
    count(kGridEnergy, &topics::EnergyTotals::exported_wh, reading.exported_wh, negated(reading.power_w), at);
}

void EnergyBook::take_pv(const std::string& id, const topics::PvReading& reading, Moment at) {
    count(id, &topics::EnergyTotals::produced_wh, reading.energy_wh, reading.power_w, at);
}

void EnergyBook::take_battery(const std::string& id, const topics::BatteryReading& reading, Moment at) {
    count(id, &topics::EnergyTotals::charged_wh, reading.charged_wh, negated(reading.power_w), at);
    count(id, &topics::EnergyTotals::discharged_wh, reading.discharged_wh, reading.power_w, at);
}

void EnergyBook::take_meter(const std::string& id, const topics::MeterReading& reading, Moment at) {
    count(id, &topics::EnergyTotals::imported_wh, reading.imported_wh, reading.power_w, at);
    count(id, &topics::EnergyTotals::exported_wh, reading.exported_wh, negated(reading.power_w), at);
}

void EnergyBook::take_evse(const std::string& id, const topics::EvseState& state, Moment at) {
    count(id, &topics::EnergyTotals::consumed_wh, state.total_energy_wh, state.power_w, at);
}

std::map<std::string, topics::EnergyTotals> EnergyBook::changed() {
    std::map<std::string, topics::EnergyTotals> all;
    for (auto& [id, entry] : entries_) {
        topics::EnergyTotals now;
        for (std::size_t i = 0; i < kTotals.size(); ++i) {
            now.*kTotals.at(i) = rounded(entry.counters.at(i).total_wh());
        }
        if (!(now == entry.told)) {
            entry.told = now;
            all.emplace(id, now);
        }
    }
    return all;
}

}  // namespace sunherd::ha
