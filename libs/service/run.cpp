#include "service/frame.hpp"
#include "service/log.hpp"
#include "service/options.hpp"
#include "service/stopper.hpp"
#include "site/load.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <iostream>

namespace sunherd::service {
namespace {

void make_state_dir(const std::filesystem::path& dir) {
    std::error_code error;
    if (std::filesystem::create_directories(dir, error)) {
        std::filesystem::permissions(dir, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        spdlog::error("state directory {}: {}; state will not survive a restart", dir.string(),
                      error.message());
    }
}

/// Until it is stopped. A handler's exception ends that handler, not the service.
void turn(Loop& loop, Frame& frame) {
    for (;;) {
        try {
            loop.run();
            return;
        } catch (const std::exception& error) {
            frame.internal_error(error.what());
        }
    }
}

int live(const Spec& spec, const StartOptions& options, site::Site site) {
    Loop loop;
    Frame* frame = nullptr;  // set before the loop turns, and only used by it
    bool ended_well = true;
    {
        // Destroyed last of these: the end of all others is what it waits for.
        const Stopper stopper([&](int signal) { loop.post([&, signal] { frame->stop(signal); }); });
        const Log log(spec.name, options.log_format, options.log_level);
        spdlog::info("starting, version " SUNHERD_VERSION ", site {} of {}", site.id, options.site.string());
        make_state_dir(options.state_dir);
        Frame life(spec, std::move(site), options.state_dir, loop);
        frame = &life;
        life.start();
        turn(loop, life);
        ended_well = life.ended_well();
    }
    if (!ended_well) {
        _exit(0);  // a thread stuck in name resolution would meet destroyed statics
    }
    return 0;
}

}  // namespace

int run(int argc, char** argv, const Spec& spec) {
    const auto parsed = parse_options(argc, argv, spec);
    if (const auto* exit_code = std::get_if<int>(&parsed)) {
        return *exit_code;
    }
    const auto& options = std::get<StartOptions>(parsed);
    auto site = site::load(options.site);
    if (!site) {
        for (const auto& problem : site.error()) {
            std::cerr << site::to_string(problem) << '\n';
        }
        return 2;
    }
    try {
        return live(spec, options, std::move(*site));
    } catch (const WrongOptions& error) {
        std::cerr << spec.name << ": " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << spec.name << ": can't start: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace sunherd::service
