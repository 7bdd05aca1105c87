#include "house/charge_point.hpp"

#include <algorithm>

namespace sunherd::house {
namespace {

/// A contactor of this size, with the check of the pilot before it.
constexpr double kContactorS = 1.0;

}  // namespace

void ChargePoint::plug(const Car& car) {
    unplug();
    car_ = car;
    session_energy_wh_ = 0;
    session_s_ = 0;
}

void ChargePoint::unplug() {
    car_.reset();
    ended_ = false;
    closed_ = false;
    closing_s_ = 0;
}

void ChargePoint::move_contactor(double dt_s) {
    const bool wanted = !ended_ && offered_a_ > 0 && !car_->full();
    if (wanted && !closed_) {
        closing_s_ += dt_s;
        closed_ = closing_s_ >= kContactorS;
    } else if (!wanted) {
        closing_s_ = 0;
        // It opens without load: the car lets go first.
        closed_ = closed_ && car_->current_a() > 0;
    }
}

void ChargePoint::step(double dt_s, double speed, const PerPhase& voltage_v) {
    if (!car_) {
        return;
    }
    move_contactor(dt_s);
    car_->step(dt_s, closed_ && !ended_ ? offered_a_ : 0);
    if (!closed_) {
        car_->cut();
    }
    const double energy_wh = sum(power_w(voltage_v)) * dt_s * speed / 3600;
    car_->charge(energy_wh);
    session_energy_wh_ += energy_wh;
    total_energy_wh_ += energy_wh;
    session_s_ += dt_s * speed;
}

Charging ChargePoint::charging() const {
    if (!car_) {
        return Charging::no_car;
    }
    if (ended_) {
        return Charging::ended;
    }
    if (car_->current_a() > 0) {
        return Charging::charging;
    }
    if (car_->full()) {
        return Charging::paused_by_car;
    }
    return offered_a_ > 0 ? Charging::starting : Charging::paused_by_evse;
}

std::size_t ChargePoint::car_phases() const {
    return car_ ? std::min(static_cast<std::size_t>(car_->model().phases), rotation_.phases()) : 0;
}

PerPhase ChargePoint::current_a() const {
    PerPhase current_a{};
    for (std::size_t own = 0; own < car_phases(); ++own) {
        current_a.at(rotation_.site_phase(own)) = car_->current_a();
    }
    return current_a;
}

PerPhase ChargePoint::power_w(const PerPhase& voltage_v) const {
    PerPhase power_w = current_a();
    for (std::size_t phase = 0; phase < 3; ++phase) {
        power_w.at(phase) *= voltage_v.at(phase);
    }
    return power_w;
}

}  // namespace sunherd::house
