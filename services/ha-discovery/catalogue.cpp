#include "catalogue.hpp"

#include <algorithm>

namespace sunherd::ha {
namespace {

const topics::EvseInfo* info_of(const Heard& heard, const std::string& evse) {
    const auto found = heard.infos.find(evse);
    return found != heard.infos.end() ? &found->second : nullptr;
}

/// EVSEs of the site file, and those that came online and are controlled.
std::vector<site::Evse> evses_of(const site::Site& site, const Heard& heard) {
    auto all = site.evses;
    const bool adopts = site.discovery && site.discovery->adopt == site::Discovery::Adopt::automatic;
    for (const auto& [id, info] : heard.infos) {
        const bool known =
            std::ranges::any_of(site.evses, [&id = id](const auto& each) { return each.id == id; });
        if (adopts && info.adopted && !known) {
            site::Evse evse;
            evse.id = id;
            evse.name = info.name;
            evse.min_current_a = info.min_current_a;
            evse.max_current_a = std::min(info.max_current_a, site.discovery->max_current_a);
            all.push_back(std::move(evse));
        }
    }
    return all;
}

}  // namespace

std::vector<Device> all_devices(const site::Site& site, const topics::Names& names, const Heard& heard,
                                Language language) {
    const auto currency = heard.tariffs.empty() ? std::string("EUR") : heard.tariffs.begin()->second.currency;
    std::vector<Device> all{site_device(site, names, language)};
    for (const auto& evse : evses_of(site, heard)) {
        all.push_back(evse_device(evse, info_of(heard, evse.id), names, currency, language));
    }
    for (const auto& device : site.devices) {
        if (device.role != site::Role::grid) {  // that is the site's own
            all.push_back(building_device(device, names));
        }
    }
    for (const auto& [id, tariff] : heard.tariffs) {
        all.push_back(tariff_device(id, tariff, names));
    }
    for (const auto& [id, vehicle] : heard.vehicles) {
        all.push_back(vehicle_device(id, vehicle, names));
    }
    for (const auto& [service, version] : heard.services) {
        all.push_back(service_device(service, version, names));
    }
    return all;
}

void keep_what_is_there(Device& device, const Heard& heard,
                        const std::set<std::pair<std::string, std::string>>& known) {
    std::erase_if(device.entities, [&](const Entity& entity) {
        if (entity.field.empty() || known.contains({device.id, entity.key})) {
            return false;
        }
        const auto fields = heard.fields.find(entity.state_topic);
        return fields == heard.fields.end() || !fields->second.contains(entity.field);
    });
}

}  // namespace sunherd::ha
