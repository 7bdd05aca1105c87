#include "service/options.hpp"

#include "service/life_signs.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace sunherd::service {
namespace {

constexpr int kBadOptions = 2;

/// systemd may name several directories, the first is ours.
std::string default_state_dir() {
    const char* given = std::getenv("STATE_DIRECTORY");  // NOLINT(concurrency-mt-unsafe): one thread yet
    const std::string directories = given != nullptr ? given : "";
    return directories.empty() ? ".run/state" : directories.substr(0, directories.find(':'));
}

}  // namespace

std::variant<StartOptions, int> parse_options(int argc, char** argv, const Spec& spec) {
    CLI::App app(spec.about, spec.name);
    std::string site;
    std::string state_dir = default_state_dir();
    std::string log_format = "text";
    std::string log_level = "info";
    bool health = false;
    app.add_option("--site", site, "Site file")->envname("SUNHERD_SITE")->type_name("FILE");
    app.add_option("--state-dir", state_dir, "Where state is kept across restarts")
        ->envname("SUNHERD_STATE_DIR")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--log-format", log_format, "text or json")
        ->envname("SUNHERD_LOG_FORMAT")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("--log-level", log_level, "How much is logged")
        ->envname("SUNHERD_LOG_LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    app.add_flag("--health", health,
                 "Only tell by the exit code whether the running service turns ($SUNHERD_HEARTBEAT)");
    app.set_version_flag("--version", spec.name + " " SUNHERD_VERSION);
    for (const auto& option : spec.options) {
        app.add_option(option.flag, *option.value, option.about);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kBadOptions;
    }
    if (health) {
        return health_exit_code();
    }
    if (site.empty()) {
        std::cerr << spec.name << ": no site file; give --site FILE or set SUNHERD_SITE\n";
        return kBadOptions;
    }
    return StartOptions{
        .site = site, .state_dir = state_dir, .log_format = log_format, .log_level = log_level};
}

}  // namespace sunherd::service
