#pragma once

#include "site/document.hpp"

namespace sunherd::site {

/// Puts the values in the place of all `!secret name`. Where each is looked up: load.hpp.
void resolve_secrets(Value& root, const std::filesystem::path& site_file, Problems& problems);

/// Puts what the environment says (MQTT_… and INFLUX_…, see load.hpp) in the place of the file's keys below
/// `broker` and `influx`.
void apply_environment(Value& root, Problems& problems);

}  // namespace sunherd::site
