#include "actuator.hpp"

namespace sunherd::actuator {
namespace {

using topics::Kind;
using topics::PortLayout;

constexpr std::chrono::milliseconds kTick{1000};
constexpr std::chrono::milliseconds kTimeToStop{1400};

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
        add(evse);
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

void Actuator::add(const site::Evse& evse) {
    described_[evse.id] = evse;
    auto& actuated = evses_[evse.id];
    actuated = std::make_unique<ActuatedEvse>(context_, evse.id,
                                              Limits{evse.min_current_a, evse.max_current_a, evse.phases},
                                              start_current_a(evse), evse.refresh);
    const auto ports = evse.ports.value_or(PortLayout::read_write);
    ports_[evse.id] = ports;
    actuated->set_target(target_for(evse, ports));
}

WriteTarget Actuator::target_for(const site::Evse& evse, PortLayout ports) {
    const auto port = ports == PortLayout::read_write ? evse.write_port : evse.read_port;
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
    if (!info.adopted || !info.host || !context_.site().discovery) {
        return;
    }
    const site::Discovery& discovery = *context_.site().discovery;
    site::Evse evse;
    evse.id = id;
    evse.profile = info.profile;
    evse.host = *info.host;
    evse.read_port = discovery.read_port;
    evse.write_port = discovery.write_port;
    evse.ports = info.ports;
    evse.phases = info.phases;
    evse.min_current_a = info.min_current_a;
    evse.max_current_a = info.max_current_a;
    evse.fallback_current_a = 0;  // nobody planned for it: no fuse has room put aside
    add(evse);
    context_.event(topics::Severity::info, "evse_adopted",
                   id + " at " + evse.host + " is controlled from now on", id);
}

void Actuator::take_info(const std::string& id, const topics::EvseInfo& info) {
    const auto known = described_.find(id);
    if (known == described_.end()) {
        adopt(id, info);
        return;
    }
    const site::Evse& evse = known->second;
    if (!evse.ports && info.ports && *info.ports != ports_[id]) {
        ports_[id] = *info.ports;
        evses_.at(id)->set_target(target_for(evse, *info.ports));
    }
}

void Actuator::take_setpoint(const std::string& id, const topics::EvseSetpoint& setpoint,
                             const bus::Incoming& raw) {
    const bool thawing = freeze_.is_thawing(context_.clock().now());
    const auto evse = evses_.find(id);
    if (evse == evses_.end()) {
        context_.status().count("setpoints_for_unknown_evses");
    } else if (raw.retained) {
        evse->second->ignore(setpoint, "it is retained: a setpoint is a lease of now");
    } else if (thawing) {
        evse->second->ignore(setpoint, "the actuator stood still for a while; it waits for a newer one");
    } else {
        evse->second->take(setpoint, raw.received, reign_);
    }
}

void Actuator::stopping() {
    for (auto& [id, evse] : evses_) {
        evse->fall_back_for_good();
    }
    const auto until = context_.clock().now() + kTimeToStop;
    for (auto& [address, writer] : writers_) {
        writer->drain(until);
    }
    for (auto& [id, evse] : evses_) {
        evse->report_last();
    }
}

}  // namespace sunherd::actuator
