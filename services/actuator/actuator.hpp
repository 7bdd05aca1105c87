#pragma once

#include "actuated_evse.hpp"
#include "device_actions.hpp"

#include <map>
#include <memory>
#include <tuple>

/// The only process that writes to devices. It holds no policy: it carries out setpoints while their leases
/// last, and fallback currents when they don't.
///
/// Worst time to safety after the controller's death: the lease's ttl (10 s from our controller, never above
/// 60 s) plus one write (two time-outs of the device at most).
namespace sunherd::actuator {

class Actuator : public service::Service {
  public:
    explicit Actuator(service::Context& context);

    /// Writes all fallbacks, in parallel, within 1.4 s.
    void stopping() override;

  private:
    struct Described {
        site::Evse evse;  ///< as far as known: host and ports may come from the collector
        bool found = false;
        bool ports_open = false;  ///< the site file doesn't say
    };

    void add(const site::Evse& evse, bool found);
    void adopt(const std::string& id, const topics::EvseInfo& info);
    void take_info(const std::string& id, const topics::EvseInfo& info);
    void take_setpoint(const std::string& id, const topics::EvseSetpoint& setpoint, const bus::Incoming& raw);
    WriteTarget target_for(const site::Evse& evse);
    void check_freeze();

    service::Context& context_;
    Reign reign_;
    FreezeGuard freeze_;
    std::map<std::string, Described> described_;
    std::map<std::string, std::unique_ptr<ActuatedEvse>> evses_;
    DeviceActions actions_;
    std::map<std::tuple<std::string, std::uint16_t, int>, std::shared_ptr<EndpointWriter>> writers_;
};

}  // namespace sunherd::actuator
