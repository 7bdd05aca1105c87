#pragma once

#include "faults.hpp"
#include "registers.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace sunherd::simulator {

/// Which of a device's sockets a request came in on. Only Etrel chargers have a second one.
enum class Port { first, second };

/// A device as it looks through Modbus. Adds the faults of content (`exception`, `nan`, `frozen`, `spike`,
/// `reject_writes`) to what the map of its kind says.
class SimulatedDevice {
  public:
    explicit SimulatedDevice(std::string id) : id_(std::move(id)) {}
    virtual ~SimulatedDevice() = default;
    SimulatedDevice(const SimulatedDevice&) = delete;
    SimulatedDevice& operator=(const SimulatedDevice&) = delete;
    SimulatedDevice(SimulatedDevice&&) = delete;
    SimulatedDevice& operator=(SimulatedDevice&&) = delete;

    const std::string& id() const { return id_; }
    Faults& faults() { return faults_; }
    const Faults& faults() const { return faults_; }

    Answer answer(Port port, const Request& request, Moment now);

    /// Whether its sockets are open.
    virtual bool reachable() const { return !faults_.has(Fault::dead) && !faults_.has(Fault::offline); }
    /// Its own watchdogs; called 20 times a second.
    virtual void tick(Moment /*now*/) {}

  protected:
    virtual Answer read(Port port, const Request& request, const Distortion& distortion) = 0;
    virtual Answer write(Port /*port*/, const Request& /*request*/, Moment /*now*/) {
        return tl::unexpected(kIllegalFunction);
    }

  private:
    using Asked = std::tuple<Port, int, int, int>;
    Distortion distortion_for(const Asked& asked);

    std::string id_;
    Faults faults_;
    std::map<Asked, Words> frozen_;
    std::set<Asked> spiked_;
};

}  // namespace sunherd::simulator
