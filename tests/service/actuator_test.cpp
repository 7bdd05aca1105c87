#include "actuator_rig.hpp"

using namespace sunherd;
using namespace std::chrono_literals;
using testing::ActuatorRig;
using topics::ApplyResult;

TEST_CASE("a setpoint is written at once, and what became of it is said") {
    ActuatorRig rig;
    auto setpoint = rig.setpoint(10);
    setpoint.sample_time = ActuatorRig::now();
    rig.say(setpoint);
    const auto applied = rig.await_applied(ApplyResult::written, 10);
    CHECK(applied.setpoint_seq == setpoint.seq);
    CHECK(applied.epoch == setpoint.epoch);
    CHECK(applied.sample_time == setpoint.sample_time);
    REQUIRE(applied.reaction_ms);
    CHECK(*applied.reaction_ms < 2000);
    REQUIRE(applied.write_ms);
    CHECK(*applied.write_ms <= *applied.reaction_ms + 1);
    rig.await_told(10);
}

TEST_CASE("the same value again is written only to refresh it") {
    ActuatorRig rig({.garage_more = ", refresh_s: 5"});
    rig.say(10);
    const auto written = rig.await_applied(ApplyResult::written, 10);
    rig.say(10);
    rig.say(10);
    const auto refreshed = rig.await_applied(ApplyResult::refreshed, 10);
    CHECK(refreshed.time - written.time >= 4900ms);
    CHECK_FALSE(refreshed.reaction_ms);
    const auto all = rig.all_applied();
    CHECK(std::count_if(all.begin(), all.end(),
                        [](const auto& applied) { return applied.result == ApplyResult::written; }) == 1);
}

TEST_CASE("when a lease runs out its fallback is written, to the moment; a new one ends that") {
    ActuatorRig rig;
    auto setpoint = rig.setpoint(12);
    setpoint.ttl_ms = 1500;
    setpoint.fallback_current_a = 8;
    rig.say(setpoint);
    const auto written = rig.await_applied(ApplyResult::written, 12);
    const auto fallback = rig.await_applied(ApplyResult::fallback, 8);
    CHECK(fallback.time - written.time >= 1200ms);
    CHECK(fallback.time - written.time <= 2000ms);
    CHECK_FALSE(fallback.setpoint_seq);
    rig.await_told(8);
    rig.await_event("lease_over");
    rig.say(10);
    rig.await_applied(ApplyResult::written, 10);
    rig.await_event("lease_back");
}

TEST_CASE("a broker that dies takes no lease with it, and none lasts longer for it") {
    ActuatorRig rig;
    auto setpoint = rig.setpoint(12);
    setpoint.ttl_ms = 3000;
    setpoint.fallback_current_a = 7;
    rig.say(setpoint);
    rig.await_applied(ApplyResult::written, 12);
    rig.broker().kill();
    REQUIRE(rig.actuator().await_output("fallback of 7.0 A"));
    rig.broker().start(testing::TestBroker::Store::lost);
    rig.recorder().forget();
    rig.await_told(7);
    // It is back with us, and takes a new one.
    rig.await_applied(ApplyResult::fallback, 7, "garage", 40s);
    rig.say(9);
    rig.await_applied(ApplyResult::written, 9);
}

TEST_CASE("a retained setpoint is nobody's wish of now") {
    ActuatorRig rig({.start = false});
    rig.recorder().publish(rig.names().evse_setpoint("garage").name, topics::encode(rig.setpoint(16)), true);
    rig.start();
    rig.await_ignored("retained");
    rig.await_applied(ApplyResult::fallback, 6);
    rig.say(10);
    rig.await_applied(ApplyResult::written, 10);
}

TEST_CASE("who was succeeded, comes late or asks for too much is refused with the reason; the lease stays") {
    ActuatorRig rig;
    auto old = rig.setpoint(16);
    old.epoch = 99;
    rig.say(11);
    rig.await_applied(ApplyResult::written, 11);
    rig.say(old);
    const auto ignored = rig.await_ignored("epoch 99 is over");
    CHECK(ignored.epoch == 100U);  // what a successor has to rise above
    auto late = rig.setpoint(16);
    late.seq = 1;
    rig.say(late);
    rig.await_ignored("its seq is not above");
    rig.say(16.5);
    rig.await_ignored("16.5 A is neither 0 nor from 6.0 A to 16.0 A");
    rig.say(5);
    rig.await_ignored("5.0 A is neither");
    rig.say(1e300);
    rig.await_ignored("is neither");
    auto one_phase = rig.setpoint(10);
    one_phase.phases = 1;
    rig.say(one_phase);
    rig.await_ignored("can't switch to 1 phases");
    rig.await_told(11);
    CHECK(rig.all_applied().back().result == ApplyResult::ignored);
    CHECK(rig.count_events("setpoint_ignored") == 6);
    // The same again at once is neither answered nor told: a flood of them must not become ours.
    rig.say(old);
    rig.say(12);
    rig.await_applied(ApplyResult::written, 12);
    CHECK(rig.count_events("setpoint_ignored") == 6);
}

TEST_CASE("garbage on its topics does no harm") {
    ActuatorRig rig;
    rig.say(11);
    rig.await_applied(ApplyResult::written, 11);
    for (const auto* payload :
         {"", "[]", "{\"current_a\":", "\xff\xfe", R"({"time":"x"})",
          R"({"time":"2026-06-21T10:15:30.250Z","seq":-1,"epoch":1e40,"current_a":"16","ttl_ms":1})",
          R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"profile":"x","phases":99,"phase_rotation":"?",)"
          R"("min_current_a":-5,"max_current_a":1e9,"master":true,"adopted":true,"host":"nowhere"})",
          R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"state":"C","target_current_a":1e300})"}) {
        for (const auto& topic :
             {rig.names().evse_setpoint("garage").name, rig.names().evse_info("garage").name,
              rig.names().evse_info("stranger").name, rig.names().evse_state("garage").name,
              rig.names().control_evse("garage").name, rig.names().action_request("garage").name}) {
            rig.recorder().publish(topic, payload);
        }
    }
    rig.say(12);
    rig.await_applied(ApplyResult::written, 12);
    CHECK(rig.all_applied("stranger").empty());
}

TEST_CASE("a stop leaves every EVSE at its fallback") {
    ActuatorRig rig;
    rig.say(12);
    rig.say(rig.setpoint(13), "left");
    rig.await_applied(ApplyResult::written, 12);
    rig.await_applied(ApplyResult::written, 13, "left");
    rig.actuator().signal(SIGTERM);
    CHECK(rig.actuator().wait_exit(2500ms) == 0);
    rig.await_applied(ApplyResult::fallback, 6);
    rig.await_applied(ApplyResult::fallback, 6, "left");
    rig.await_told(6);
    rig.await_told(6, "left");
}

TEST_CASE("a device that is silent does not keep it from stopping, nor the others from their fallback") {
    ActuatorRig rig({.timeout_s = "5"});
    rig.say(12);
    rig.say(rig.setpoint(13), "left");
    rig.await_applied(ApplyResult::written, 12);
    rig.await_applied(ApplyResult::written, 13, "left");
    rig.fault("garage", "silent");
    rig.fault("house", "house_extra_w", 5000);  // seen, so the one before is in force
    rig.recorder().await<topics::SimulatorState>(rig.names().simulator_state(),
                                                 [](const auto& truth) { return truth.house_w >= 5000; });
    rig.say(14);
    rig.actuator().signal(SIGTERM);
    CHECK(rig.actuator().wait_exit(2500ms) == 0);
    rig.await_applied(ApplyResult::failed, 6);
    rig.await_applied(ApplyResult::fallback, 6, "left");
}
