#pragma once

#include "modbus_server.hpp"
#include "playback.hpp"
#include "service/service.hpp"
#include "simulated_site.hpp"

#include <memory>
#include <string>

namespace sunherd::simulator {

/// The service: plays house and devices on a thread of their own, publishes the truth on `simulator/state`
/// once a second and after each change from outside, takes faults from `simulator/fault`.
class Simulator : public service::Service {
  public:
    /// Throws std::runtime_error where the options or the trace can't be used.
    Simulator(service::Context& context, const Arguments& arguments);
    ~Simulator() override;
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;
    Simulator(Simulator&&) = delete;
    Simulator& operator=(Simulator&&) = delete;

    void stopping() override;

  private:
    class Play;

    void take_fault(const topics::SimulatorFault& fault, bool retained);

    service::Context& context_;
    std::unique_ptr<Play> play_;
};

}  // namespace sunherd::simulator
