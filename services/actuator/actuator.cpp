#include "actuator.hpp"

#include "devices/writer.hpp"

#include <algorithm>

namespace sunherd::actuator {
namespace {

using topics::Kind;
using topics::PortLayout;

constexpr std::chrono::milliseconds kTick{1000};
constexpr std::chrono::milliseconds kTimeToStop{1400};
/// As many as a discovery range holds; each costs a thread.
constexpr std::size_t kMaxAdopted = 256;

/// R4: an EVSE that the user switched off gets nothing, also before the first setpoint.
double start_current_a(const site::Evse& evse) {
    return evse.mode == topics::ChargeMode::off ? 0 : evse.fallback_current_a;
}

}  // namespace

Actuator::Actuator(service::Context& context)
    : context_(context), actions_(context, [this](const std::string& id) {
          const auto found = evses_.find(id);
          return found == evses_.end() ? nullptr : found->second.get();
      }) {
    for (const auto& evse : context_.site().evses) {
        add(evse, false);
    }
    context_.on<topics::EvseInfo>(Kind::evse_info, [this](const auto& topic, const auto& info, const auto&) {
        take_info(topic.id, info);
    });
    context_.on<topics::EvseState>(Kind::evse_state,
                                   [this](const auto& topic, const auto& state, const auto& raw) {
                                       if (const auto evse = evses_.find(topic.id); evse != evses_.end()) {
                                           evse->second->observe(state, raw.retained);
                                       }
                                   });
    context_.on<topics::ControlEvse>(Kind::control_evse,
                                     [this](const auto& topic, const auto& control, const auto&) {
                                         if (const auto evse = evses_.find(topic.id); evse != evses_.end()) {
                                             evse->second->observe(control);
                                         }
                                     });
    context_.on<topics::EvseSetpoint>(
        Kind::evse_setpoint,
        [this](const auto& topic, const auto& setpoint, const auto& raw) {
            take_setpoint(topic.id, setpoint, raw);
        },
        bus::QoS::at_least_once);
    context_.on<topics::ActionRequest>(
        Kind::action_request,
        [this](const auto& topic, const auto& request, const auto& raw) {
            actions_.take(topic.id, request, raw.retained);
        },
        bus::QoS::at_least_once);
    context_.loop().every(kTick, [this] { check_freeze(); });
}

void Actuator::check_freeze() {
    if (freeze_.is_thawing(context_.clock().now())) {
        for (auto& [id, evse] : evses_) {
            evse->pursue();  // leases that ran out meanwhile
        }
    }
}

void Actuator::add(const site::Evse& evse, bool found) {
    described_[evse.id] = {evse, found, found || !evse.ports};
    auto& actuated = evses_[evse.id];
    actuated = std::make_unique<ActuatedEvse>(context_, evse.id,
                                              Limits{evse.min_current_a, evse.max_current_a, evse.phases},
                                              start_current_a(evse), evse.refresh);
    actuated->set_target(target_for(evse));
}

WriteTarget Actuator::target_for(const site::Evse& evse) {
    const bool read_write = evse.ports.value_or(PortLayout::read_write) == PortLayout::read_write;
    const auto port = read_write ? evse.write_port : evse.read_port;
    auto& writer = writers_[{evse.host, port, evse.unit}];
    if (!writer) {
        modbus::Endpoint endpoint;
        endpoint.host = evse.host;
        endpoint.port = port;
        endpoint.unit = evse.unit;
        endpoint.timeout = std::chrono::milliseconds(evse.timeout_ms);
        endpoint.single_client = evse.single_client;
        writer = std::make_shared<EndpointWriter>(endpoint);
    }
    return {evse.profile, evse.connector, writer};
}

void Actuator::adopt(const std::string& id, const topics::EvseInfo& info) {
    const auto& discovery = context_.site().discovery;
    const bool wanted = discovery && discovery->adopt == site::Discovery::Adopt::automatic && info.adopted;
    if (!wanted || !info.host || !devices::writes_evse(info.profile) ||
        described_.size() >= context_.site().evses.size() + kMaxAdopted) {
        return;
    }
    site::Evse evse;
    evse.id = id;
    evse.profile = info.profile;
    evse.host = *info.host;
    evse.read_port = discovery->read_port;
    evse.write_port = discovery->write_port;
    evse.ports = info.ports;
    evse.connector = info.connector.value_or(1);
    evse.phases = info.phases;
    evse.min_current_a = std::max(info.min_current_a, site::Evse{}.min_current_a);
    evse.max_current_a = std::min(info.max_current_a, discovery->max_current_a);
    evse.fallback_current_a = 0;  // nobody planned for it: no fuse has room put aside
    add(evse, true);
    context_.event(topics::Severity::info, "evse_adopted",
                   id + " at " + evse.host + " is controlled from now on", id);
}

void Actuator::take_info(const std::string& id, const topics::EvseInfo& info) {
    const auto known = described_.find(id);
    if (known == described_.end()) {
        adopt(id, info);
        return;
    }
    auto& [evse, found, ports_open] = known->second;
    if (found && info.host) {
        evse.host = *info.host;
    }
    if (ports_open && info.ports) {
        evse.ports = info.ports;
    }
    auto& actuated = *evses_.at(id);
    if (auto target = target_for(evse); target.writer != actuated.target().writer) {
        actuated.set_target(std::move(target));
        std::erase_if(writers_, [](const auto& each) { return each.second.use_count() == 1; });
    }
}

void Actuator::take_setpoint(const std::string& id, const topics::EvseSetpoint& setpoint,
                             const bus::Incoming& raw) {
    const bool thawing = freeze_.is_thawing(context_.clock().now());
    const auto evse = evses_.find(id);
    if (evse == evses_.end()) {
        context_.status().count("setpoints_for_unknown_evses");
    } else if (raw.retained) {
        evse->second->ignore(setpoint, reign_, "it is retained: a setpoint is a lease of now");
    } else if (thawing) {
        evse->second->ignore(setpoint, reign_,
                             "the actuator stood still for a while; it waits for a newer one");
    } else {
        evse->second->take(setpoint, raw.received, reign_);
    }
}

void Actuator::stopping() {
    for (auto& [id, evse] : evses_) {
        evse->fall_back_for_good();
    }
    actions_.finish();
    const auto until = context_.clock().now() + kTimeToStop;
    for (auto& [address, writer] : writers_) {
        writer->drain(until);
    }
    for (auto& [id, evse] : evses_) {
        evse->report_last();
    }
}

}  // namespace sunherd::actuator
