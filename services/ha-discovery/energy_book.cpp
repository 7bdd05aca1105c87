#include "energy_book.hpp"

#include "catalogue.hpp"

#include <cmath>

namespace sunherd::ha {
namespace {

std::optional<double> negated(const std::optional<double>& power_w) {
    return power_w ? std::optional(-*power_w) : std::nullopt;
}

/// As fine as people see it.
std::optional<double> rounded(const std::optional<double>& total_wh) {
    return total_wh ? std::optional(std::floor(*total_wh)) : std::nullopt;
}

}  // namespace

void EnergyBook::count(const std::string& id, Kind kind, const std::optional<double>& counter_wh,
                       const std::optional<double>& power_w, Moment at) {
    if (counter_wh) {
        entries_[id].counters[kind].count(*counter_wh, at);
    } else if (power_w) {
        entries_[id].counters[kind].flow(*power_w, at);
    }
}

void EnergyBook::resume(const std::string& id, const topics::EnergyTotals& before) {
    const auto resume_one = [&](Kind kind, const std::optional<double>& total_wh) {
        if (total_wh) {
            entries_[id].counters[kind].resume(*total_wh);
        }
    };
    resume_one(Kind::imported, before.imported_wh);
    resume_one(Kind::exported, before.exported_wh);
    resume_one(Kind::produced, before.produced_wh);
    resume_one(Kind::charged, before.charged_wh);
    resume_one(Kind::discharged, before.discharged_wh);
    resume_one(Kind::consumed, before.consumed_wh);
}

void EnergyBook::take(const topics::GridReading& reading, Moment at) {
    count(kGridEnergy, Kind::imported, reading.imported_wh, reading.power_w, at);
    count(kGridEnergy, Kind::exported, reading.exported_wh, negated(reading.power_w), at);
}

void EnergyBook::take_pv(const std::string& id, const topics::PvReading& reading, Moment at) {
    count(id, Kind::produced, reading.energy_wh, reading.power_w, at);
}

void EnergyBook::take_battery(const std::string& id, const topics::BatteryReading& reading, Moment at) {
    count(id, Kind::charged, reading.charged_wh, negated(reading.power_w), at);
    count(id, Kind::discharged, reading.discharged_wh, reading.power_w, at);
}

void EnergyBook::take_meter(const std::string& id, const topics::MeterReading& reading, Moment at) {
    count(id, Kind::imported, reading.imported_wh, reading.power_w, at);
    count(id, Kind::exported, reading.exported_wh, negated(reading.power_w), at);
}

void EnergyBook::take_evse(const std::string& id, const topics::EvseState& state, Moment at) {
    count(id, Kind::consumed, state.total_energy_wh, state.power_w, at);
}

std::map<std::string, topics::EnergyTotals> EnergyBook::changed() {
    std::map<std::string, topics::EnergyTotals> all;
    for (auto& [id, entry] : entries_) {
        topics::EnergyTotals now;
        const auto total = [&counters = entry.counters](Kind kind) {
            const auto found = counters.find(kind);
            return found != counters.end() ? rounded(found->second.total_wh()) : std::nullopt;
        };
        now.imported_wh = total(Kind::imported);
        now.exported_wh = total(Kind::exported);
        now.produced_wh = total(Kind::produced);
        now.charged_wh = total(Kind::charged);
        now.discharged_wh = total(Kind::discharged);
        now.consumed_wh = total(Kind::consumed);
        if (!(now == entry.told)) {
            entry.told = now;
            all.emplace(id, now);
        }
    }
    return all;
}

}  // namespace sunherd::ha
