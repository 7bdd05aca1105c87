#include "actuator_rig.hpp"

using namespace sunherd;
using namespace std::chrono_literals;
using testing::ActuatorRig;
using topics::ApplyResult;

namespace {

void remember_control(ActuatorRig& rig, topics::ChargeMode mode, double target_a) {
    topics::ControlEvse control;
    control.time = ActuatorRig::now();
    control.mode = mode;
    control.max_current_a = 16;
    control.target_current_a = target_a;
    control.reason.code = "test";
    rig.recorder().publish(rig.names().control_evse("garage"), control);
}

topics::EvseInfo info_of(const std::string& host) {
    topics::EvseInfo info;
    info.time = ActuatorRig::now();
    info.profile = "etrel-inch";
    info.host = host;
    return info;
}

}  // namespace

TEST_CASE("without any word it begins with the site file's fallback, and 0 where the site file says off") {
    ActuatorRig rig({.left_mode = "off"});
    rig.await_applied(ApplyResult::fallback, 0, "left");
    rig.await_applied(ApplyResult::fallback, 6);
    rig.await_told(6);
    rig.await_told(0, "left");
}

TEST_CASE("an EVSE that the user switched off meanwhile gets nothing when the actuator comes back") {
    ActuatorRig rig({.start = false});
    remember_control(rig, topics::ChargeMode::off, 0);
    rig.start();
    rig.await_applied(ApplyResult::fallback, 0);
    rig.await_told(0);
    rig.live(3s);
    for (const auto& applied : rig.all_applied()) {
        CHECK(applied.current_a == 0);
    }
}

TEST_CASE("a restart raises nothing that waits for the sun") {
    ActuatorRig rig({.start = false});
    remember_control(rig, topics::ChargeMode::solar, 0);
    rig.start();
    rig.await_applied(ApplyResult::fallback, 0);
}

TEST_CASE("killed and started again it begins with the fallback, not with what it knew") {
    ActuatorRig rig;
    rig.say(14);
    rig.await_applied(ApplyResult::written, 14);
    rig.actuator().signal(SIGKILL);
    rig.actuator().wait_exit();
    rig.recorder().forget();
    rig.start();
    rig.await_applied(ApplyResult::fallback, 6);
    rig.await_told(6);
    for (const auto& applied : rig.all_applied()) {
        CHECK(applied.result != ApplyResult::failed);
    }
}

TEST_CASE("frozen and thawed it checks its leases before anything else, and takes nothing that waited") {
    ActuatorRig rig;
    auto setpoint = rig.setpoint(12);
    setpoint.ttl_ms = 2000;
    rig.say(setpoint);
    rig.await_applied(ApplyResult::written, 12);
    rig.actuator().signal(SIGSTOP);
    rig.live(2s);
    rig.say(16);
    rig.live(2s);
    rig.recorder().forget();
    rig.actuator().signal(SIGCONT);
    rig.await_applied(ApplyResult::fallback, 6);
    rig.await_ignored("stood still");
    rig.await_told(6);
    rig.live(1500ms);
    rig.say(10);
    rig.await_applied(ApplyResult::written, 10);
    for (const auto& applied : rig.all_applied()) {
        CHECK((applied.current_a < 16 || applied.result == ApplyResult::ignored));
    }
}

TEST_CASE("where the site file leaves the ports open, it follows the collector") {
    ActuatorRig rig({.simulator_options = {"--ports", "charger-cluster"}});
    auto info = info_of("127.0.0.1");
    info.ports = topics::PortLayout::charger_cluster;
    rig.recorder().publish(rig.names().evse_info("garage"), info);
    rig.say(11);
    rig.await_applied(ApplyResult::written, 11);
    rig.await_told(11);
}

TEST_CASE("a found EVSE is written when it is adopted, within the limits of discovery, and when it moves") {
    const auto ports = ", read_port: " + std::to_string(testing::free_port()) +
                       ", write_port: " + std::to_string(testing::free_port()) + "}\n";
    ActuatorRig rig(
        {.simulated_more = "  - {id: found, profile: etrel-inch, host: 127.0.0.2" + ports,
         .more = "discovery: {first_host: 127.0.0.1, last_host: 127.0.0.9, adopt: auto, max_current_a: 13" +
                 ports});
    auto info = info_of("127.0.0.3");
    info.max_current_a = 32;
    rig.recorder().publish(rig.names().evse_info("found"), info);
    rig.await_event("evse_adopted");
    rig.await_applied(ApplyResult::failed, 0, "found");  // nobody is there
    info.host = "127.0.0.2";
    rig.recorder().publish(rig.names().evse_info("found"), info);
    rig.await_applied(ApplyResult::fallback, 0, "found");
    rig.say(rig.setpoint(14), "found");
    rig.await_applied(ApplyResult::ignored, 14, "found");
    rig.say(rig.setpoint(13), "found");
    rig.await_applied(ApplyResult::written, 13, "found");
    rig.await_told(13, "found");
}
