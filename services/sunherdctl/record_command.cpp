#include "commands.hpp"
#include "load_site.hpp"
#include "observer.hpp"
#include "replay/recording.hpp"
#include "service/service.hpp"
#include "service/stopper.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <memory>

namespace sunherd::ctl {
namespace {

using std::chrono::milliseconds;

/// Until it is ended, or the time is over.
int record(const site::Site& site, std::ostream& out, double seconds) {
    const topics::Names names(site.broker.prefix, site.id);
    service::Loop loop;
    const service::Stopper stopper([&loop](int) { loop.post([&loop] { loop.stop(); }); });
    const auto started = service::system_clock().now();
    RecordingWriter writer(out, names, site.id, service::system_clock().utc());
    std::string trouble = "nothing answered at " + site.broker.host + ":" + std::to_string(site.broker.port);
    bus::Bus bus(
        observer_options(site, "record"),
        [&](bus::Incoming message) {
            loop.post([&, message = std::move(message)] {
                const auto at = std::max(started, message.received) - started;
                writer.write(std::chrono::duration_cast<milliseconds>(at), message);
                out.flush();  // for who reads along, and if the power goes
            });
            return true;
        },
        [&](const bus::ConnectionChange& change) {
            loop.post([&trouble, change] { trouble = change.connected ? "" : change.text; });
        },
        [](const std::string&, const std::string&) {});
    bus.subscribe(names.all(), bus::QoS::at_least_once);
    if (seconds > 0) {
        loop.after(milliseconds(static_cast<std::int64_t>(seconds * 1000)), [&] { loop.stop(); });
    }
    bus.start();
    loop.run();
    if (!trouble.empty()) {
        std::cerr << trouble << '\n';
    }
    std::cerr << writer.count() << " messages recorded\n";
    return !out ? 2 : writer.count() > 0 ? 0 : 1;
}

}  // namespace

void add_record(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("record", "Writes all topics of a running site to a file");
    const auto file = std::make_shared<std::string>();
    const auto site_file = std::make_shared<std::string>("site.yaml");
    const auto seconds = std::make_shared<double>(0);
    command->add_option("file", *file, "Where to; - is standard output")->type_name("FILE")->required();
    command->add_option("--site", *site_file, "Site file")
        ->envname("SUNHERD_SITE")
        ->type_name("FILE")
        ->capture_default_str();
    command->add_option("--seconds", *seconds, "Ends after so long; without: when it is ended")
        ->check(CLI::Range(0.1, 1e7));
    command->callback([file, site_file, seconds, &exit_code] {
        exit_code = 2;
        const auto site = load_site(*site_file);
        if (!site) {
            return;
        }
        std::ofstream out;
        if (*file != "-") {
            out.open(*file);
            if (!out) {
                std::cerr << *file << ": can't be written\n";
                return;
            }
        }
        exit_code = record(*site, *file == "-" ? std::cout : out, *seconds);
    });
}

}  // namespace sunherd::ctl
