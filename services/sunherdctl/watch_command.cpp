#include "commands.hpp"
#include "load_site.hpp"
#include "watch.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace sunherd::ctl {

void add_watch(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("watch", "Shows what a running site does, until it is ended");
    const auto file = std::make_shared<std::string>("site.yaml");
    command->add_option("site", *file, "Site file")
        ->envname("SUNHERD_SITE")
        ->type_name("FILE")
        ->capture_default_str();
    command->callback([file, &exit_code] {
        const auto site = load_site(*file);
        exit_code = site ? watch(*site) : 2;
    });
}

}  // namespace sunherd::ctl
