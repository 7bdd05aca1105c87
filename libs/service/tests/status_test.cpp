#include "service/service.hpp"

#include <catch2/catch.hpp>

using sunherd::service::Status;
using sunherd::topics::DeviceHealth;
using sunherd::topics::Health;
using sunherd::topics::to_word;

namespace {

/// A status and the changes of health it told.
struct Told {
    Told() {
        status.on_health = [this](const std::string& id, const DeviceHealth& before,
                                  const DeviceHealth& after) {
            changes += id + ' ' + std::string(to_word(before.health)) + '-' +
                       std::string(to_word(after.health)) + ' ';
        };
    }
    Status status;
    std::string changes;
};

}  // namespace

TEST_CASE("a device waits until its first poll") {
    Told told;
    told.status.device_waiting("meter");
    CHECK(told.status.devices().at("meter").health == Health::waiting);
    told.status.device_ok("meter");
    told.status.device_ok("meter");
    told.status.device_waiting("meter");
    CHECK(told.status.devices().at("meter").health == Health::ok);
    CHECK(told.status.devices().at("meter").polls == 2);
    CHECK(told.changes == "meter waiting-ok ");
}

TEST_CASE("one lost poll is counted but doesn't change the health, the second does") {
    Told told;
    told.status.device_ok("meter");
    told.changes.clear();
    told.status.device_failed("meter", true, "no answer");
    CHECK(told.changes.empty());
    CHECK(told.status.devices().at("meter").errors == 1);
    told.status.device_failed("meter", true, "no answer");
    CHECK(told.changes == "meter ok-silent ");
    CHECK(told.status.devices().at("meter").error == "no answer");
}

TEST_CASE("lost polls count only when they follow each other") {
    Told told;
    for (int i = 0; i < 5; ++i) {
        told.status.device_ok("meter");
        told.status.device_failed("meter", true, "no answer");
    }
    CHECK(told.status.devices().at("meter").health == Health::ok);
    CHECK(told.status.devices().at("meter").errors == 5);
}

TEST_CASE("a device that never answered is silent at its first failure, and told once") {
    Told told;
    told.status.device_failed("meter", true, "no route");
    told.status.device_failed("meter", true, "no route");
    CHECK(told.changes == "meter waiting-silent ");
}

TEST_CASE("a device that is back has no error any more") {
    Told told;
    told.status.device_failed("meter", false, "exception 4");
    CHECK(told.status.devices().at("meter").health == Health::faulty);
    told.status.device_ok("meter");
    CHECK(told.changes == "meter waiting-faulty meter faulty-ok ");
    CHECK_FALSE(told.status.devices().at("meter").error);
}

TEST_CASE("changes of health are what makes a status worth publishing") {
    Told told;
    told.status.device_ok("meter");
    const auto after_first = told.status.changes();
    told.status.device_ok("meter");
    told.status.count("bad_messages");
    CHECK(told.status.changes() == after_first);
    told.status.device_gone("meter");
    CHECK(told.status.changes() > after_first);
    CHECK(told.status.devices().empty());
    CHECK(told.status.counters().at("bad_messages") == 1);
}
