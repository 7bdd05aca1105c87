#include "commands.hpp"
#include "load_site.hpp"
#include "replay/replay.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

namespace sunherd::ctl {
namespace {

/// The controller's own moments are not in a recording: its timers may act so much earlier or later.
constexpr std::chrono::milliseconds kTolerance{1500};

double seconds(std::chrono::milliseconds span) {
    return static_cast<double>(span.count()) / 1000;
}

void print(const std::vector<Change>& changes) {
    for (const auto& change : changes) {
        const nlohmann::json line{{"at_s", seconds(change.at)},
                                  {"evse", change.evse},
                                  {"current_a", change.current_a},
                                  {"reason", change.why}};
        std::cout << line.dump() << '\n';
    }
}

int print_differences(const Recording& recording, const std::vector<Change>& now) {
    const auto then = decided_then(recording);
    const auto end = recording.messages.empty() ? std::chrono::milliseconds(0) : recording.messages.back().at;
    const auto found = differences(then, now, kTolerance, end);
    for (const auto& difference : found) {
        std::printf("%.1f s to %.1f s: %s: %g A then, %g A now (%s)\n", seconds(difference.from),
                    seconds(difference.to), difference.evse.c_str(), difference.then_a, difference.now_a,
                    difference.why.c_str());
    }
    std::printf("%zu changes of setpoints then, %zu now, %zu differences\n", then.size(), now.size(),
                found.size());
    return found.empty() ? 0 : 1;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("replay", "Lets today's controller decide about a recording");
    const auto file = std::make_shared<std::string>();
    const auto site_file = std::make_shared<std::string>("site.yaml");
    const auto diff = std::make_shared<bool>(false);
    command->add_option("file", *file, "What `sunherdctl record` wrote")->type_name("FILE")->required();
    command->add_option("--site", *site_file, "Site file")
        ->envname("SUNHERD_SITE")
        ->type_name("FILE")
        ->capture_default_str();
    command->add_flag("--diff", *diff, "Tells where it decides otherwise than was decided then");
    command->callback([file, site_file, diff, &exit_code] {
        exit_code = 2;
        const auto site = load_site(*site_file);
        if (!site) {
            return;
        }
        std::ifstream in(*file);
        if (!in) {
            std::cerr << *file << ": can't be read\n";
            return;
        }
        const auto recording = read_recording(in);
        if (!recording) {
            std::cerr << *file << ": " << recording.error() << '\n';
            return;
        }
        if (recording->site != site->id) {
            std::cerr << *file << " is of the site " << recording->site << ", " << *site_file << " of "
                      << site->id << "; name its own site file with --site\n";
            return;
        }
        const auto changes = replay(*recording, *site);
        exit_code = 0;
        if (*diff) {
            exit_code = print_differences(*recording, changes);
        } else {
            print(changes);
        }
    });
}

}  // namespace sunherd::ctl
