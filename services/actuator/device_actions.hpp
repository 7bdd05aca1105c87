#pragma once

#include "actuated_evse.hpp"
#include "http/http.hpp"

#include <functional>
#include <map>

namespace sunherd::actuator {

/// What can be done to a device beside setpoints: restart an EVSE, end its session, bring a Load Guard back.
/// Each at most once a minute, never because of a retained message.
class DeviceActions {
  public:
    /// find: an EVSE that is actuated; nullptr where there is none.
    DeviceActions(service::Context& context, std::function<ActuatedEvse*(const std::string&)> find);
    ~DeviceActions();
    DeviceActions(const DeviceActions&) = delete;
    DeviceActions& operator=(const DeviceActions&) = delete;

    /// Before the end: what was switched off is switched on again.
    void finish();

    void take(const std::string& device, const topics::ActionRequest& request, bool retained);

  private:
    void begin(const std::string& device, topics::Action action);
    void do_by_modbus(const std::string& device, topics::Action action);
    void switch_on(const std::string& device);
    void switch_by_mqtt(const std::string& device, const site::LoadGuardRestart& restart);
    void switch_by_http(const std::string& device, const site::LoadGuardRestart& restart);
    /// The answer to who asked.
    void answer(const std::string& device, topics::Action action, bool done, const std::string& text);
    /// The same for an action that was tried, and an event.
    void report(const std::string& device, topics::Action action, bool done, const std::string& text);

    service::Context& context_;
    std::function<ActuatedEvse*(const std::string&)> find_;
    std::map<std::string, Moment> last_;
    std::map<std::string, site::LoadGuardRestart> switched_off_;
    bool http_busy_ = false;
    http::Client http_;
    std::thread http_thread_;
};

}  // namespace sunherd::actuator
