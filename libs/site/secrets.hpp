#pragma once

#include "site/document.hpp"

namespace sunherd::site {

/// Puts the values in the place of all `!secret name`. Where each is looked up: load.hpp.
void resolve_secrets(Value& root, const std::filesystem::path& site_file, Problems& problems);

/// Puts MQTT_HOST, MQTT_PORT, MQTT_USER, MQTT_PASSWORD and MQTT_CA_FILE of the environment in the place of
/// the file's keys below `broker`.
void apply_environment(Value& root);

}  // namespace sunherd::site
