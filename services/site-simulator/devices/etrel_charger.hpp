#pragma once

#include "house/house.hpp"
#include "simulated_device.hpp"
#include "topics/enums.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace sunherd::simulator {

struct EtrelSettings {
    topics::PortLayout layout = topics::PortLayout::read_write;
    /// No setpoint written for so long: fallback current. 0 = off.
    std::chrono::seconds monitoring_interval{60};
    double fallback_current_a = 6;
    std::chrono::seconds restart_time{30};
};

/// What all chargers of the power cluster share: who is in it, and the limit set at the master.
struct EtrelCluster {
    std::vector<std::size_t> points;
    std::optional<house::PerPhase> limit_a;
};

/// Etrel INCH, INCH Duo, cluster master. Source: reference page etrel-inch. Setpoints are write-only; the
/// current in force stands in input register 4.
class EtrelCharger : public SimulatedDevice {
  public:
    EtrelCharger(std::string id, std::string serial, const EtrelSettings& settings, house::House& house,
                 EtrelCluster& cluster);

    /// number: 1, or 2 for the second one of a Duo. point: index in the house.
    void add_connector(int number, std::size_t point, double max_current_a);
    /// Gives it a Load Guard.
    void make_master() { master_ = true; }
    bool is_master() const { return master_; }
    /// Somebody cuts the Load Guard's supply for 10 s: then it works again.
    void power_cycle_load_guard(Moment now);

    bool reachable() const override;
    void tick(Moment now) override;
    /// Current in force at a charge point of the house; nullopt if it is none of this charger's.
    std::optional<double> told_a(std::size_t point) const;

  protected:
    Answer read(Port port, const Request& request, const Distortion& distortion) override;
    Answer write(Port port, const Request& request, Moment now) override;

  private:
    struct Connector {
        int number = 1;
        std::size_t point = 0;
        double max_current_a = 16;
        double told_a = 0;
        std::optional<Moment> written;
        std::int64_t departure_s = 0;
    };

    void put_connector(Registers& registers, const Connector& connector) const;
    void put_identity(Registers& registers) const;
    void put_load_guard(Registers& registers) const;
    void put_cluster(Registers& registers) const;
    bool load_guard_answers() const;

    Answer write_cluster(const Request& request);
    Answer write_charger(const Request& request, Moment now);
    Answer command(Connector& connector, const Request& request, Moment now);
    Answer tell(Connector& connector, double current_a, Moment now);
    double effective_a(const Connector& connector) const;
    void offer();

    EtrelSettings settings_;
    std::string serial_;
    house::House& house_;
    EtrelCluster& cluster_;
    bool master_ = false;
    std::vector<Connector> connectors_;
    std::optional<Moment> restarting_until_;
    std::optional<Moment> load_guard_off_until_;
    mutable Words frozen_load_guard_;
};

}  // namespace sunherd::simulator
