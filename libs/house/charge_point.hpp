#pragma once

#include "house/car.hpp"
#include "house/phases.hpp"

#include <optional>
#include <string>

namespace sunherd::house {

/// Where a session stands, as an EVSE sees it.
enum class Charging { no_car, starting, charging, paused_by_evse, paused_by_car, ended };

/// A socket with its contactor, and the car at it. What is offered comes from the simulated device's
/// registers.
class ChargePoint {
  public:
    ChargePoint(std::string id, const PhaseRotation& rotation) : id_(std::move(id)), rotation_(rotation) {}

    const std::string& id() const { return id_; }
    const PhaseRotation& rotation() const { return rotation_; }

    void plug(const Car& car);
    void unplug();
    /// Amperes on the pilot; below 6 A: none.
    void offer(double current_a) { offered_a_ = current_a < kMinCurrentA ? 0 : current_a; }
    /// Ends the session: no current until the car is plugged in again.
    void end_session() { ended_ = true; }

    /// dt_s: real seconds; energy and session time run `speed` times faster.
    void step(double dt_s, double speed, const PerPhase& voltage_v);

    Charging charging() const;
    const std::optional<Car>& car() const { return car_; }
    double offered_a() const { return offered_a_; }
    /// Number of phases the car uses here; 0 without a car.
    std::size_t car_phases() const;
    /// Site's phases.
    PerPhase current_a() const;
    PerPhase power_w(const PerPhase& voltage_v) const;
    double session_energy_wh() const { return session_energy_wh_; }
    double session_s() const { return session_s_; }
    double total_energy_wh() const { return total_energy_wh_; }

  private:
    void move_contactor(double dt_s);

    std::string id_;
    PhaseRotation rotation_;
    std::optional<Car> car_;
    double offered_a_ = 0;
    bool ended_ = false;
    bool closed_ = false;
    double closing_s_ = 0;
    double session_energy_wh_ = 0;
    double session_s_ = 0;
    double total_energy_wh_ = 0;
};

}  // namespace sunherd::house
