#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    try {
        CLI::App app("Looks at a Sunherd site without being part of it.", "sunherdctl");
        app.set_version_flag("--version", SUNHERD_VERSION);
        app.require_subcommand(1);
        int exit_code = 0;
        sunherd::ctl::add_check(app, exit_code);
        sunherd::ctl::add_watch(app, exit_code);
        sunherd::ctl::add_evaluate(app, exit_code);
        sunherd::ctl::add_record(app, exit_code);
        sunherd::ctl::add_replay(app, exit_code);
        sunherd::ctl::add_influx_init(app, exit_code);
        sunherd::ctl::add_password(app, exit_code);
        try {
            app.parse(argc, argv);
        } catch (const CLI::RequiredError&) {
            std::fprintf(stderr,
                         "sunherdctl: %s; say check, watch, evaluate, record, replay, influx-init or "
                         "password (--help tells more)\n",
                         argc > 1 ? "there is no such subcommand" : "a subcommand is missing");
            return 2;
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? 0 : 2;
        }
        return exit_code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sunherdctl: %s\n", error.what());
        return 2;
    }
}
