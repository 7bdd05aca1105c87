#pragma once

#include "entity.hpp"
#include "site/site.hpp"
#include "topics/names.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sunherd::ha {

/// What was heard on the broker and bears on what there is to announce.
struct Heard {
    std::map<std::string, topics::EvseInfo> infos{};
    std::map<std::string, topics::TariffNow> tariffs{};
    std::map<std::string, topics::VehicleState> vehicles{};
    std::map<std::string, std::string> services{};  ///< and their versions
    /// By topic: the fields that any message had, e.g. `current_a.L1`.
    std::map<std::string, std::set<std::string>> fields{};
};

/// Every device of the site with all it might say: the site itself first.
std::vector<Device> all_devices(const site::Site& site, const topics::Names& names, const Heard& heard,
                                Language language);

/// Leaves out what no message has said yet, unless `known` (device and key) has it: once announced, an entity
/// stays, as Home Assistant would forget its history; a value may be absent for a night.
void keep_what_is_there(Device& device, const Heard& heard,
                        const std::set<std::pair<std::string, std::string>>& known);

// One for each kind of thing.
Device site_device(const site::Site& site, const topics::Names& names, Language language);
Device evse_device(const site::Evse& evse, const topics::EvseInfo* info, const topics::Names& names,
                   const std::string& currency, Language language);
Device building_device(const site::Device& device, const topics::Names& names);
Device tariff_device(const std::string& id, const topics::TariffNow& tariff, const topics::Names& names);
Device vehicle_device(const std::string& id, const topics::VehicleState& vehicle, const topics::Names& names);
Device service_device(const std::string& service, const std::string& version, const topics::Names& names);

/// The one that announces and counts energy.
inline constexpr auto kOurName = "ha-discovery";
/// Energy of the grid connection on `energy/{id}`.
inline constexpr auto kGridEnergy = "grid-connection";

}  // namespace sunherd::ha
