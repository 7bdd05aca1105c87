#include "commands.hpp"
#include "influx_setup.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace sunherd::ctl {

void add_influx_init(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand(
        "influx-init", "Sets up InfluxDB 2: buckets, retention, downsampling, tokens; as often as you like");
    const auto wanted = std::make_shared<InfluxSetup>();
    const auto admin_token = std::make_shared<std::string>();
    command->add_option("--url", wanted->url, "e.g. http://localhost:8086")
        ->envname("INFLUX_URL")
        ->required();
    command->add_option("--org", wanted->org, "Organisation")->envname("INFLUX_ORG")->capture_default_str();
    command->add_option("--bucket", wanted->bucket, "Bucket for all messages; beside it _1m, _5m, _1h")
        ->envname("INFLUX_BUCKET")
        ->capture_default_str();
    command->add_option("--tasks", wanted->tasks, "Folder of Flux tasks")->type_name("DIR")->required();
    command
        ->add_option("--secrets", wanted->secrets,
                     "Folder where tokens and the password are kept; missing ones are made")
        ->type_name("DIR")
        ->required();
    command->add_option("--admin-token-file", *admin_token, "Of a database that is set up already")
        ->type_name("FILE");
    command->callback([wanted, admin_token, &exit_code] {
        if (!admin_token->empty()) {
            wanted->admin_token_file = *admin_token;
        }
        set_up_influx(*wanted);
        exit_code = 0;
    });
}

}  // namespace sunherd::ctl
