#pragma once

#include "controller.hpp"
#include "service/virtual_context.hpp"
#include "support/broker.hpp"
#include "support/contract_check.hpp"

#include <catch2/catch.hpp>

namespace sunherd::controller::testing_house {

using namespace std::chrono_literals;
using topics::ChargeMode;
using topics::EmsState;
using topics::Iec61851;

inline site::Site home() {
    site::Site site;
    site.id = "home";
    site.time_zone = "Europe/Berlin";
    site.grid.main_fuse_a = 25;
    site.circuits.push_back({.id = "left", .parent = "garages", .fuse_a = 16, .meter = {}});
    site.circuits.push_back({.id = "garages", .parent = {}, .fuse_a = 20, .meter = {}});
    site::Evse garage;
    garage.id = "garage";
    garage.mode = ChargeMode::now;
    site.evses.push_back(garage);
    return site;
}

/// The controller of a house that answers: once a second a grid reading and the states of its EVSEs.
struct House {
    testing::TemporaryDirectory directory;
    service::VirtualContext context;
    std::optional<controller::Controller> controller;
    double house_a = 2;
    Iec61851 state = Iec61851::C;
    bool meter_works = true;
    bool charges = false;  ///< the EVSE's power follows its currents
    std::map<std::string, double> drawn_a;

    explicit House(site::Site site = home()) : context(std::move(site), directory.path()) {
        controller.emplace(context);
    }

    const topics::Names& names() const { return context.names(); }

    void grid() {
        topics::GridReading reading;
        reading.source = "meter";
        double sum_a = house_a;
        for (const auto& [id, current_a] : drawn_a) {
            sum_a += current_a;
        }
        reading.current_a.phase = {sum_a, sum_a, sum_a};
        reading.voltage_v.phase = {230, 230, 230};
        reading.power_w = 3 * 230 * sum_a;
        context.deliver(names().grid(), reading);
    }
    void evse(const std::string& id) {
        topics::EvseState message;
        message.state = state;
        const double current_a = drawn_a[id];
        message.current_a.phase = {current_a, current_a, current_a};
        if (charges) {
            message.power_w = 3 * 230 * current_a;
        }
        context.deliver(names().evse_state(id), message);
    }
    /// Cars draw what they are told.
    void run(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            context.pass(1s);
            for (const auto& each : context.site().evses) {
                evse(each.id);
            }
            if (meter_works) {
                grid();
            }
            for (const auto& each : context.site().evses) {
                drawn_a[each.id] = state == Iec61851::C ? target_a(each.id) : 0;
            }
        }
    }
    double target_a(const std::string& id) {
        const auto said = context.all(names().control_evse(id));
        return said.empty() ? drawn_a[id] : said.back().target_current_a;
    }
    void command(const std::string& topic, const std::string& payload, bool retained = false) {
        context.deliver("sunherd/home/" + topic, payload, retained);
    }
    topics::CommandResult result() { return context.last(names().command_result()); }
    topics::EvseSetpoint setpoint() { return context.last(names().evse_setpoint("garage")); }
    topics::ControlEvse control() { return context.last(names().control_evse("garage")); }

    void check_contract() {
        for (const auto& each : context.published) {
            const auto verdict = testing::check_message(names(), each.topic, each.payload, each.retained);
            INFO((verdict ? std::string() : verdict.error()));
            CHECK(verdict);
        }
    }
};

}  // namespace sunherd::controller::testing_house
