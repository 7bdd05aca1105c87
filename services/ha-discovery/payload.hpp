#pragma once

#include "entity.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sunherd::ha {

struct PayloadOptions {
    std::string site;  ///< its id
    std::string prefix = "homeassistant";
    Language language = Language::en;
    bool single_components = false;  ///< for Home Assistant before 2024.12
    std::string version{};           ///< of Sunherd
};

/// Topic and retained payload.
using Announcements = std::map<std::string, std::string>;
/// The same in the order of publishing; an empty payload removes what the topic announced.
using Publishes = std::vector<std::pair<std::string, std::string>>;

/// One message for all entities of a device, or one for each. Entity ids are
/// `{platform}.{site}_{device}_{key}`, the same either way and on old and new versions.
Announcements announcements_of(const Device& device, const PayloadOptions& options);

}  // namespace sunherd::ha
