#pragma once

namespace CLI {
class App;
}

/// Subcommands of `sunherdctl`, one file each. Each adds itself to the app; the one that is chosen runs while
/// the command line is read and leaves its exit code: 0 all is well, 1 what was looked at is not, 2 it could
/// not look.
namespace sunherd::ctl {

void add_check(CLI::App& app, int& exit_code);
void add_evaluate(CLI::App& app, int& exit_code);
void add_record(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_influx_init(CLI::App& app, int& exit_code);
void add_password(CLI::App& app, int& exit_code);
void add_watch(CLI::App& app, int& exit_code);

}  // namespace sunherd::ctl
