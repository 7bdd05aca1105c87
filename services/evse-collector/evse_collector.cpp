#include "evse_collector.hpp"

#include "master_evse.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

namespace sunherd {

EvseCollector::EvseCollector(service::Context& context) : context_(context), poller_(context.clock()) {
    const site::Site& site = context.site();
    std::vector<std::string> known_hosts;
    for (const site::Evse& evse : site.evses) {
        known_hosts.push_back(evse.host);
        add(evse.master ? std::make_unique<MasterEvse>(context, poller_, evse,
                                                       [this](double current_a) { cluster_draws(current_a); })
                        : std::make_unique<PolledEvse>(context, poller_, evse));
    }
    for (const site::Device& device : site.devices) {
        known_hosts.push_back(device.endpoint.host);
    }
    if (site.discovery) {
        prober_ = std::make_unique<Prober>(*site.discovery, std::move(known_hosts), [this](FoundEvse evse) {
            context_.loop().post([this, evse = std::move(evse)] { found(evse); });
        });
    }
    context.on_connected = [this](bool session_present) {
        for (auto& [id, evse] : evses_) {
            if (!session_present) {
                evse->repeat_info();
            }
        }
    };
    context.loop().every(std::chrono::seconds(1), [this] {
        if (const auto missed = poller_.take_missed(); missed > 0) {
            context_.status().count("missed_polls", missed);
        }
    });
}

EvseCollector::~EvseCollector() = default;

void EvseCollector::stopping() {
    prober_.reset();
    poller_.stop();
}

void EvseCollector::add(std::unique_ptr<PolledEvse> evse) {
    auto& kept = evses_[evse->config().id];
    kept = std::move(evse);
    kept->start();
}

void EvseCollector::cluster_draws(double current_a) {
    std::optional<double> known_a = 0;
    for (const auto& [id, evse] : evses_) {
        known_a = known_a && evse->drawn_a() ? std::optional(*known_a + *evse->drawn_a()) : std::nullopt;
    }
    if (!unknown_draw_.begins(current_a, known_a)) {
        return;
    }
    context_.event(topics::Severity::warning, "evse_unknown",
                   "the master's cluster draws " + std::to_string(std::lround(current_a)) +
                       " A over all phases, the EVSEs we know only " + std::to_string(std::lround(*known_a)) +
                       (prober_ ? " A: looking for the other"
                                : " A: put the other into the site file, or set `discovery`"));
    if (prober_) {
        prober_->look_now();
    }
}

PolledEvse* EvseCollector::known_as(const FoundEvse& found) {
    const auto it = std::find_if(evses_.begin(), evses_.end(), [&](const auto& entry) {
        const auto& identity = entry.second->identity();
        return entry.first == id_of_found(found, 1) ||
               (identity && identity->serial && identity->serial == found.identity.serial);
    });
    return it == evses_.end() ? nullptr : it->second.get();
}

void EvseCollector::found(const FoundEvse& found) {
    if (auto* known = known_as(found)) {
        moved(found, *known);
        return;
    }
    for (int connector = 1; connector <= found.connectors; ++connector) {
        found_connector(found, connector);
    }
}

void EvseCollector::moved(const FoundEvse& found, PolledEvse& known) {
    const std::string old_host = known.config().host;
    const bool ours = adopted_.contains(known.config().id);
    context_.event(topics::Severity::warning, "evse_moved",
                   known.config().id + " (serial " + found.identity.serial.value_or("unknown") +
                       ") answers at " + found.host + " instead of " + old_host +
                       (ours ? "" : "; correct `host` in the site file, or give it a fixed address"),
                   known.config().id);
    if (!ours) {
        return;
    }
    for (auto& [id, evse] : evses_) {
        if (evse->config().host == old_host && adopted_.contains(id)) {
            evse->move_to(found.host);
        }
    }
    prober_->forget(old_host);
}

void EvseCollector::found_connector(const FoundEvse& found, int connector) {
    const site::Discovery& range = *context_.site().discovery;
    site::Evse evse;
    evse.id = id_of_found(found, connector);
    evse.profile = "etrel-inch";
    evse.host = found.host;
    evse.read_port = range.read_port;
    evse.write_port = range.write_port;
    evse.connector = connector;
    evse.max_current_a = range.max_current_a;
    evse.circuit = range.circuit;
    const bool adopt = range.adopt == site::Discovery::Adopt::automatic;
    const std::string what = found.identity.model.value_or("EVSE") + " at " + found.host + " as " + evse.id;
    if (adopt) {
        adopted_.insert(evse.id);
        add(std::make_unique<PolledEvse>(context_, poller_, evse, /*found=*/true));
    } else {
        auto info = evse_info(evse, found.identity);
        info.adopted = false;
        info.host = found.host;
        context_.publish(context_.names().evse_info(evse.id), std::move(info), /*keep=*/true);
    }
    context_.event(topics::Severity::info, "evse_found",
                   adopt ? "found and adopted " + what
                         : "found " + what + "; put it into the site file, or set `discovery: adopt: auto`",
                   evse.id);
}

std::string id_of_found(const FoundEvse& found, int connector) {
    std::string id = "etrel-" + found.identity.serial.value_or("");
    std::transform(id.begin(), id.end(), id.begin(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return std::isalnum(byte) != 0 && byte < 0x80 ? static_cast<char>(std::tolower(byte)) : '-';
    });
    return connector == 1 ? id : id + "-" + std::to_string(connector);
}

}  // namespace sunherd
