#pragma once

#include "site/site.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace sunherd::site {

/// One thing wrong with a site file: where, what, and what would be right.
/// As text: `site.yaml:12: evses[0].max_curent_a: unknown key; did you mean max_current_a?`
struct Problem {
    std::string file;
    int line = 0;     ///< 1-based; 0 = the file as a whole
    std::string key;  ///< path, e.g. `evses[0].max_current_a`
    std::string text;
};
std::string to_string(const Problem& problem);

/// Reads, validates and converts a site file; all problems at once. Bounded: a file over 128 KiB or with
/// aliases that unfold to more than 20,000 nodes is refused. `!secret name` is looked up in the file
/// `$SUNHERD_SECRETS` (or `secrets.yaml` beside the site file), then in the environment variable
/// `SUNHERD_SECRET_NAME`. Environment over file for the broker and the database, so that one site file serves
/// bare and in containers: MQTT_HOST, MQTT_PORT, MQTT_USER, MQTT_PASSWORD, MQTT_CA_FILE; INFLUX_URL,
/// INFLUX_ORG, INFLUX_BUCKET, INFLUX_TOKEN_FILE, INFLUX_CA_FILE.
tl::expected<Site, std::vector<Problem>> load(const std::filesystem::path& file);

/// The same from text; `file` only names it in problems.
tl::expected<Site, std::vector<Problem>> parse(const std::string& yaml, const std::filesystem::path& file);

}  // namespace sunherd::site
