#include "device_actions.hpp"

#include "devices/writer.hpp"

#include <algorithm>

namespace sunherd::actuator {
namespace {

using topics::Action;
using Kind = site::LoadGuardRestart::Kind;

constexpr std::chrono::seconds kApart{60};

}  // namespace

DeviceActions::DeviceActions(service::Context& context, std::function<ActuatedEvse*(const std::string&)> find)
    : context_(context), find_(std::move(find)) {}

DeviceActions::~DeviceActions() {
    http_.interrupt();
    if (http_thread_.joinable()) {
        http_thread_.join();
    }
}

void DeviceActions::take(const std::string& device, const topics::ActionRequest& request, bool retained) {
    if (retained) {
        answer(device, request.action, false, "ignored: a retained request is nobody's wish of now");
        return;
    }
    const auto now = context_.clock().now();
    if (const auto last = last_.find(device); last != last_.end() && now - last->second < kApart) {
        answer(device, request.action, false, "ignored: the last action was less than a minute ago");
        return;
    }
    if (find_(device) == nullptr) {
        answer(device, request.action, false, "there is no EVSE of this name");
        return;
    }
    last_[device] = now;
    begin(device, request.action);
}

void DeviceActions::begin(const std::string& device, Action action) {
    if (action != Action::restart_load_guard) {
        do_by_modbus(device, action);
        return;
    }
    const auto& evses = context_.site().evses;
    const auto evse = std::find_if(evses.begin(), evses.end(), [&](const auto& e) { return e.id == device; });
    const auto restart = evse == evses.end() ? site::LoadGuardRestart{} : evse->load_guard_restart;
    switch (restart.kind) {
        case Kind::modbus:
            do_by_modbus(device, action);
            break;
        case Kind::mqtt:
            switch_by_mqtt(device, restart);
            break;
        case Kind::http:
            switch_by_http(device, restart);
            break;
        case Kind::none:
            report(device, action, false, "the site file names no way: add load_guard_restart to this EVSE");
            break;
    }
}

void DeviceActions::do_by_modbus(const std::string& device, Action action) {
    const WriteTarget& target = find_(device)->target();
    if (!target.writer) {
        report(device, action, false, "where to write is not known yet");
        return;
    }
    target.writer->post([this, device, action, profile = target.profile, connector = target.connector,
                         &loop = context_.loop()](modbus::WriteConnection& connection) {
        const auto writer = devices::make_evse_writer(profile, connection, connector);
        const bool stops = action == Action::stop_charging;
        const auto result = stops ? writer->stop() : writer->restart();
        loop.post([this, device, action, result, stops] {
            const auto* told = stops ? "EVSE told to end the session" : "EVSE told to restart";
            report(device, action, result.has_value(), result ? told : result.error().text);
        });
    });
}

void DeviceActions::switch_by_mqtt(const std::string& device, const site::LoadGuardRestart& restart) {
    context_.publish_raw(restart.topic, restart.off_payload, false, false);
    if (restart.on_payload.empty()) {
        report(device, Action::restart_load_guard, true, "switch told to turn the supply off and on");
        return;
    }
    switched_off_[device] = restart;
    context_.loop().after(restart.off_time, [this, device] { switch_on(device); });
}

void DeviceActions::switch_on(const std::string& device) {
    if (const auto restart = switched_off_.extract(device)) {
        context_.publish_raw(restart.mapped().topic, restart.mapped().on_payload, false, true);
        report(device, Action::restart_load_guard, true, "supply turned off and on again");
    }
}

void DeviceActions::finish() {
    while (!switched_off_.empty()) {
        switch_on(switched_off_.begin()->first);
    }
}

void DeviceActions::switch_by_http(const std::string& device, const site::LoadGuardRestart& restart) {
    if (http_busy_) {
        report(device, Action::restart_load_guard, false, "the request to another switch is still under way");
        return;
    }
    if (http_thread_.joinable()) {
        http_thread_.join();  // it is done
    }
    http_busy_ = true;
    http_thread_ = std::thread([this, device, url = restart.url, &loop = context_.loop()] {
        const auto response = http_.send({.url = url});
        const bool done = response && response->status >= 200 && response->status < 300;
        const std::string text =
            !response ? response.error().text
            : done    ? "switch told to turn the supply off and on"
                      : "the switch answered with HTTP status " + std::to_string(response->status);
        loop.post([this, device, done, text] {
            http_busy_ = false;
            report(device, Action::restart_load_guard, done, text);
        });
    });
}

void DeviceActions::answer(const std::string& device, Action action, bool done, const std::string& text) {
    topics::ActionApplied applied;
    applied.action = action;
    applied.done = done;
    applied.text = text;
    context_.publish(context_.names().action_applied(device), applied);
}

void DeviceActions::report(const std::string& device, Action action, bool done, const std::string& text) {
    answer(device, action, done, text);
    context_.event(done ? topics::Severity::info : topics::Severity::warning,
                   done ? "action_done" : "action_failed",
                   device + ": " + std::string(to_word(action)) + ": " + text, device);
}

}  // namespace sunherd::actuator
