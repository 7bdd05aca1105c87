#include "engine/batteries.hpp"

#include "engine/draw.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

constexpr double kNoTargetPct = 1000;  ///< none is ever so full
constexpr double kIdleW = 200;         ///< a battery's control leaves less by itself

/// A charge that is not known is not enough for anything.
void judge_charge(const Battery& battery, BatteryMemory& memory) {
    const auto soc_pct = finite(battery.soc_pct);
    const double target_pct = battery.soc_target_pct.value_or(kNoTargetPct);
    const double hysteresis_pct = std::max(0.0, battery.soc_hysteresis_pct);
    if (!soc_pct) {
        memory.is_full = memory.helps = false;
        return;
    }
    const bool was_full = memory.is_full;
    memory.is_full = *soc_pct >= target_pct || (memory.is_full && *soc_pct > target_pct - hysteresis_pct);
    memory.helps =
        *soc_pct > target_pct && (memory.helps || *soc_pct >= std::min(100.0, target_pct + hysteresis_pct));
    memory.is_low =
        *soc_pct < battery.soc_min_pct || (memory.is_low && *soc_pct < battery.soc_min_pct + hysteresis_pct);
    if (memory.is_full != was_full) {
        memory.idle_since.reset();
        memory.idle_at.reset();
    }
}

/// Some batteries are held by a control of their own: one that is idle though it is needed is not counted on.
bool is_counted_on(bool is_idle, const Site& site, BatteryMemory& memory) {
    if (!is_idle) {
        memory.idle_since.reset();
    } else if (!memory.idle_since) {
        memory.idle_since = site.now;
    } else if (site.now - *memory.idle_since >= site.timing.idle_battery) {
        memory.idle_at = site.now;
    }
    return !memory.idle_at || site.now - *memory.idle_at >= site.timing.busy_battery;
}

/// What it may take, below its target, before EVSEs get any.
double kept_for(const Battery& battery, double power_w, std::optional<double> grid_w, const Site& site,
                BatteryMemory& memory) {
    const double most_w = battery.soc_target_pct ? finite(battery.max_charge_w).value_or(0) : 0;
    const double more_w = most_w + std::min(0.0, power_w);
    const bool idle = more_w > kIdleW && grid_w && *grid_w < -kIdleW;
    return is_counted_on(idle, site, memory) ? std::max(0.0, more_w) : 0;
}

double help_of(const Battery& battery, double power_w, std::optional<double> grid_w, const Site& site,
               BatteryMemory& memory) {
    const double most_w = memory.helps ? std::max(0.0, finite(battery.max_discharge_w).value_or(0)) : 0;
    const bool idle = power_w < most_w - kIdleW && grid_w && *grid_w > kIdleW;
    return is_counted_on(idle, site, memory) ? most_w : 0;
}

}  // namespace

Batteries observe(const Site& site, std::optional<double> grid_w, std::vector<BatteryMemory>& memories) {
    Batteries all{.power_w = 0, .read_at = site.now};
    memories.resize(site.batteries.size());
    const auto grid_at = site.circuits.front().read_at;
    for (std::size_t i = 0; i < site.batteries.size(); ++i) {
        const Battery& battery = site.batteries[i];
        BatteryMemory& memory = memories[i];
        const auto power_w = finite(battery.power_w);
        if (!power_w || !is_fresh(battery.read_at, battery.stale_after, site.now)) {
            all.power_w.reset();
            continue;
        }
        judge_charge(battery, memory);
        all.spared = all.spared || (battery.spare_below_min && memory.is_low);
        if (all.power_w) {
            *all.power_w += *power_w;
        }
        if (!memory.is_full) {
            all.kept_w += std::max(0.0, *power_w) + kept_for(battery, *power_w, grid_w, site, memory);
            continue;
        }
        all.usable_w += *power_w;
        all.read_at = std::min(all.read_at, *battery.read_at);
        all.late = all.late || (grid_at && *battery.read_at < *grid_at);
        all.help_w += help_of(battery, *power_w, grid_w, site, memory);
    }
    return all;
}

}  // namespace sunherd::engine
