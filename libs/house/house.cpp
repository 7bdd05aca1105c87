#include "house/house.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::house {
namespace {

std::array<Wander, 3> wanders(std::uint64_t seed, double spread) {
    return {Wander(mix(seed), spread), Wander(mix(seed + 1), spread), Wander(mix(seed + 2), spread)};
}

/// Of the connection to the street: the voltage sinks a little with what is drawn.
constexpr double kGridOhm = 0.06;

}  // namespace

House::House(const Config& config, std::shared_ptr<const DemandSource> demand)
    : config_(config),
      demand_(std::move(demand)),
      fuse_(config.fuse_a),
      voltage_noise_(wanders(config.seed + 100, 0.8)),
      load_noise_(wanders(config.seed + 200, 2)),
      frequency_noise_(mix(config.seed + 300), 0.02) {
    flows_.voltage_v = {config.nominal_voltage_v, config.nominal_voltage_v, config.nominal_voltage_v};
    wander();
    refresh();
}

std::size_t House::add_charge_point(const std::string& id, const PhaseRotation& rotation,
                                    std::vector<Visit> visits) {
    points_.emplace_back(id, rotation);
    coming_.push_back({std::move(visits)});
    return points_.size() - 1;
}

std::size_t House::add_battery(const BatteryModel& model, double soc_pct) {
    batteries_.emplace_back(model, soc_pct, mix(config_.seed + 400 + batteries_.size()));
    return batteries_.size() - 1;
}

topics::Timestamp House::trace_time() const {
    return config_.start + std::chrono::milliseconds(std::llround(elapsed_s_ * config_.speed * 1000));
}

void House::set_extra_w(const PerPhase& extra_w) {
    extra_w_ = extra_w;
    refresh();
}

void House::set_pv_scale(double scale) {
    pv_scale_ = std::max(0.0, scale);
    refresh();
}

void House::move_cars() {
    const auto now = trace_time();
    for (std::size_t i = 0; i < points_.size(); ++i) {
        auto& coming = coming_[i];
        if (coming.staying && now >= coming.visits[coming.next - 1].depart) {
            points_[i].unplug();
            coming.staying = false;
        }
        while (coming.next < coming.visits.size() && now >= coming.visits[coming.next].arrive) {
            const Visit& visit = coming.visits[coming.next++];
            if (now < visit.depart) {
                points_[i].plug(visit.car);
                coming.staying = true;
            }
        }
    }
}

void House::wander() {
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const double drop_v = kGridOhm * flows_.grid_current_a.at(phase);
        flows_.voltage_v.at(phase) = config_.nominal_voltage_v - drop_v + voltage_noise_.at(phase).step();
        load_noise_.at(phase).step();
    }
    flows_.frequency_hz = 50 + frequency_noise_.step();
}

void House::refresh() {
    const Demand demand = demand_->at(trace_time());
    double battery_w = 0;
    for (const auto& battery : batteries_) {
        battery_w += battery.power_w();
    }
    flows_.pv_w = evenly(demand.pv_w * pv_scale_);
    flows_.battery_w = evenly(battery_w);
    flows_.evse_w = {};
    for (const auto& point : points_) {
        const PerPhase power_w = point.power_w(flows_.voltage_v);
        for (std::size_t phase = 0; phase < 3; ++phase) {
            flows_.evse_w.at(phase) += power_w.at(phase);
        }
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const double load_w =
            demand.house_w.at(phase) + extra_w_.at(phase) + load_noise_.at(phase).value() + 2;
        flows_.house_w.at(phase) = std::max(0.0, load_w);
        flows_.grid_w.at(phase) = flows_.house_w.at(phase) + flows_.evse_w.at(phase) - flows_.pv_w.at(phase) -
                                  flows_.battery_w.at(phase);
        flows_.grid_current_a.at(phase) = flows_.grid_w.at(phase) / flows_.voltage_v.at(phase);
    }
}

void House::step(double dt_s) {
    elapsed_s_ += dt_s;
    move_cars();
    wander();
    for (auto& point : points_) {
        point.step(dt_s, config_.speed, flows_.voltage_v);
    }
    const double grid_share_w = sum(flows_.grid_w) / std::max(1.0, static_cast<double>(batteries_.size()));
    for (auto& battery : batteries_) {
        battery.step(dt_s, config_.speed, grid_share_w);
    }
    refresh();
    fuse_.step(dt_s, flows_.grid_current_a);
    const double hours = dt_s * config_.speed / 3600;
    const double grid_wh = sum(flows_.grid_w) * hours;
    energies_.imported_wh += std::max(0.0, grid_wh);
    energies_.exported_wh += std::max(0.0, -grid_wh);
    energies_.house_wh += sum(flows_.house_w) * hours;
    energies_.pv_wh += sum(flows_.pv_w) * hours;
}

}  // namespace sunherd::house
