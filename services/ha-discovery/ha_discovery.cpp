#include "ha_discovery.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::ha {
namespace {

using topics::Kind;

PayloadOptions options_of(const site::Site& site) {
    const auto& ha = site.home_assistant;
    return {.site = site.id,
            .prefix = ha.prefix,
            .language = ha.language,
            .single_components = ha.single_components,
            .version = SUNHERD_VERSION};
}

/// Names of members, `current_a.L1` for those of objects.
std::set<std::string> fields_of(const std::string& payload) {
    std::set<std::string> fields;
    const auto json = nlohmann::json::parse(payload, nullptr, false);  // the codec has read it before
    if (!json.is_object()) {
        return fields;
    }
    for (const auto& [name, value] : json.items()) {
        fields.insert(name);
        if (value.is_object()) {
            for (const auto& inner : value.items()) {
                fields.insert(name + '.' + inner.key());
            }
        }
    }
    return fields;
}

}  // namespace

HaDiscovery::HaDiscovery(service::Context& context)
    : context_(context),
      options_(options_of(context.site())),
      ha_names_(options_.prefix, options_.site),
      announcer_(options_),
      random_(std::random_device{}()) {
    listen();
    listen_for_energy();
    context_.on_foreign({ha_names_.status(), ha_names_.all_configs()}, [this](const bus::Incoming& raw) {
        if (raw.topic == ha_names_.status()) {
            home_assistant_started(raw);
        } else if (ha_names_.is_config(raw.topic)) {
            take_config(raw);
        }
    });
    context_.on_connected = [this](bool) { announce_soon(); };
    context_.loop().every(kEnergyPeriod, [this] { publish_energy(); });
}

void HaDiscovery::listen() {
    context_.on<topics::EvseInfo>(Kind::evse_info, [this](const auto& topic, const auto& info, const auto&) {
        auto said = info;  // but for what every message has of its own
        said.time = {};
        said.seq = 0;
        if (auto& before = heard_.infos[topic.id]; !(before == said)) {
            before = said;
            announce_soon();
        }
    });
    context_.on<topics::ServiceStatus>(Kind::service_status,
                                       [this](const auto& topic, const auto& status, const auto&) {
                                           auto& version = heard_.services[topic.id];
                                           if (version != status.version) {
                                               version = status.version;
                                               announce_soon();
                                           }
                                       });
    context_.on<topics::TariffNow>(Kind::tariff_now,
                                   [this](const auto& topic, const auto& now, const auto& raw) {
                                       note_feed(heard_.tariffs, topic.id, now);
                                       note_fields(raw);
                                   });
    context_.on<topics::VehicleState>(Kind::vehicle_state,
                                      [this](const auto& topic, const auto& state, const auto& raw) {
                                          note_feed(heard_.vehicles, topic.id, state);
                                          note_fields(raw);
                                      });
    const auto fields_only = [this](const auto&, const auto&, const bus::Incoming& raw) { note_fields(raw); };
    context_.on<topics::ControlSite>(Kind::control_site, fields_only);
    context_.on<topics::ControlEvse>(Kind::control_evse, fields_only);
    context_.on<topics::EnergyTotals>(Kind::energy,
                                      [this](const auto& topic, const auto& totals, const auto& raw) {
                                          if (raw.retained) {  // our own of before a restart
                                              energy_.resume(topic.id, totals);
                                          }
                                          note_fields(raw);
                                      });
}

void HaDiscovery::listen_for_energy() {
    const auto take = [this](const auto& count) {
        return [this, count](const auto& topic, const auto& reading, const bus::Incoming& raw) {
            if (!raw.retained) {
                count(topic.id, reading, raw.received);
            }
            note_fields(raw);
        };
    };
    context_.on<topics::GridReading>(
        Kind::grid, take([this](const auto&, const auto& reading, auto at) { energy_.take(reading, at); }));
    context_.on<topics::PvReading>(Kind::pv, take([this](const auto& id, const auto& reading, auto at) {
                                       energy_.take_pv(id, reading, at);
                                   }));
    context_.on<topics::BatteryReading>(Kind::battery,
                                        take([this](const auto& id, const auto& reading, auto at) {
                                            energy_.take_battery(id, reading, at);
                                        }));
    context_.on<topics::MeterReading>(Kind::meter, take([this](const auto& id, const auto& reading, auto at) {
                                          energy_.take_meter(id, reading, at);
                                      }));
    context_.on<topics::EvseState>(Kind::evse_state, take([this](const auto& id, const auto& state, auto at) {
                                       energy_.take_evse(id, state, at);
                                   }));
}

template <class M>
void HaDiscovery::note_feed(std::map<std::string, M>& feeds, const std::string& id, const M& message) {
    if (!feeds.contains(id) && feeds.size() >= kMostFeeds) {
        context_.status().count("feeds_left_out");
        return;
    }
    feeds.insert_or_assign(id, message);
}

void HaDiscovery::note_fields(const bus::Incoming& raw) {
    auto& known = heard_.fields[raw.topic];
    const auto before = known.size();
    known.merge(fields_of(raw.payload));
    if (known.size() != before) {
        announce_soon();
    }
}

void HaDiscovery::take_config(const bus::Incoming& raw) {
    if (!raw.retained || (settled_ && announcer_.has(raw.topic))) {
        return;  // our own words
    }
    announcer_.found(raw.topic, raw.payload);
    announce_soon();
}

void HaDiscovery::home_assistant_started(const bus::Incoming& raw) {
    if (raw.retained || raw.payload != "online") {
        return;
    }
    const std::chrono::milliseconds delay(
        std::uniform_int_distribution<long>(0, kLongestDelay.count())(random_));
    context_.loop().after(delay, [this] {
        for (const auto& [topic, payload] : announcer_.again()) {
            context_.publish_raw(topic, payload, true, true);
        }
    });
}

void HaDiscovery::announce_soon() {
    if (!announcing_ && context_.connected()) {
        announcing_ = context_.loop().after(kSettle, [this] { announce(); });
    }
}

void HaDiscovery::announce() {
    announcing_.reset();
    settled_ = true;
    auto devices = all_devices(context_.site(), context_.names(), heard_, options_.language);
    const auto known = announcer_.known();
    for (auto& device : devices) {
        keep_what_is_there(device, heard_, known);
    }
    std::erase_if(devices, [](const Device& device) { return device.entities.empty(); });
    const auto publishes = announcer_.to_publish(devices);
    for (const auto& [topic, payload] : publishes) {
        context_.publish_raw(topic, payload, true, true);
    }
    context_.status().count("announcements", publishes.size());
}

void HaDiscovery::publish_energy() {
    if (!settled_ || !context_.connected()) {
        return;
    }
    for (auto& [id, totals] : energy_.changed()) {
        context_.publish(context_.names().energy(id), totals);
    }
}

}  // namespace sunherd::ha
