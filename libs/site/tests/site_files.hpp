#pragma once

#include "site/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sunherd::site::testing {

/// A site file with its lines in the order of the test; line 1 and 2 are there already:
/// `site: { id: home }` and `grid: { main_fuse_a: 25 }`.
std::string with(const std::string& lines);

/// One EVSE in flow style: `- { id: garage, …, master: true<more> }` below `evses:` in lines 3 and 4.
std::string with_master(const std::string& more, const std::string& lines = "");

/// All problems of a file as text; the file is called `site.yaml`. Empty: it is right.
std::vector<std::string> problems_of(const std::string& yaml);

/// The site of a file that must be right.
Site site_of(const std::string& yaml);

/// Sets (or unsets) an environment variable until the end of its life.
class Environment {
  public:
    Environment(std::string name, std::optional<std::string> value);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    std::string name_;
    std::optional<std::string> before_;
};

/// No variable of the caller's shell is seen by these tests.
struct CleanEnvironment {
    Environment host{"MQTT_HOST", {}}, port{"MQTT_PORT", {}}, user{"MQTT_USER", {}},
        password{"MQTT_PASSWORD", {}}, ca_file{"MQTT_CA_FILE", {}}, secrets{"SUNHERD_SECRETS", {}};
    Environment influx_url{"INFLUX_URL", {}}, influx_org{"INFLUX_ORG", {}},
        influx_bucket{"INFLUX_BUCKET", {}}, influx_token{"INFLUX_TOKEN_FILE", {}},
        influx_ca{"INFLUX_CA_FILE", {}};
};

std::string read_text(const std::string& path_in_source);

/// The names of the files in deploy/examples.
std::vector<std::string> examples();

}  // namespace sunherd::site::testing
