#include "influx_bridge.hpp"

#include "bus/sockets.hpp"

#include <spdlog/spdlog.h>

namespace sunherd::influx {

namespace {
using namespace std::chrono_literals;
using topics::Severity;

constexpr auto kDatabase = "influxdb";
constexpr auto kSpool = "spool";
constexpr std::chrono::seconds kSayAgainAfter{60};
constexpr auto kTryAgainAfter = 5s;  // where the disk refused
constexpr auto kLevelPeriod = 1s;
constexpr std::uint64_t kMiB = 1024ULL * 1024;

std::map<std::string, std::string> names_of(const site::Site& site) {
    std::map<std::string, std::string> names;
    for (const auto& evse : site.evses) {
        if (evse.name) {
            names.emplace(evse.id, *evse.name);
        }
    }
    return names;
}

/// `{prefix}/{site}/…`
std::string_view site_of(std::string_view topic, std::size_t prefix_bytes) {
    const auto rest = topic.substr(std::min(topic.size(), prefix_bytes + 1));
    return rest.substr(0, rest.find('/'));
}
}  // namespace

InfluxBridge::InfluxBridge(service::Context& context) : context_(context), often_(kSayAgainAfter) {
    if (!context_.site().influx) {
        context_.event(Severity::info, "influx_not_configured",
                       "the site file has no `influx`: nothing is written to a database");
        return;
    }
    const auto& influx = *context_.site().influx;
    open_spool(influx);
    start_threads(influx);
    subscribe(influx);
    context_.loop().every(kLevelPeriod, [this] { watch_level(); });
}

void InfluxBridge::open_spool(const site::Influx& influx) {
    if (influx.shard) {
        const auto shard = Shard::parse(*influx.shard);
        if (!shard) {
            throw service::WrongOptions("influx.shard: there is no part " + *influx.shard +
                                        "; say 1/3, 2/3 or 3/3");
        }
        shard_ = *shard;
    }
    most_bytes_ = static_cast<std::uint64_t>(influx.spool_mb) * kMiB;
    auto spool = spool::Spool::open({.directory = context_.state_dir() / "spool",
                                     .file_bytes = std::min(8 * kMiB, most_bytes_ / 4),
                                     .most_bytes = most_bytes_});
    if (!spool) {
        throw std::runtime_error("the spool can't be opened: " + spool.error().text);
    }
    spool_ = std::move(*spool);
    const auto& found = spool_->found();
    if (found.bytes > 0) {
        spdlog::info("{} bytes wait in the spool since the last run", found.bytes);
    }
    if (found.cut_bytes > 0) {
        context_.event(Severity::info, "spool_cut",
                       "the last record of the spool was torn (" + std::to_string(found.cut_bytes) +
                           " bytes): cut; the broker sends it again");
    }
}

void InfluxBridge::start_threads(const site::Influx& influx) {
    context_.status().device_waiting(kDatabase);
    context_.status().device_ok(kSpool);
    database_ = std::make_unique<Database>(influx);
    dead_letters_ = std::make_unique<DeadLetters>(context_.state_dir());
    auto& loop = context_.loop();
    drain_ = std::make_unique<Drain>(
        *spool_, *database_, *dead_letters_,
        LineOptions{.prefix = context_.site().broker.prefix,
                    .wall_connector = influx.wall_connector,
                    .names = names_of(context_.site())},
        [this] { return topics::to_rfc3339(context_.clock().utc()); },
        [this, &loop](Drain::Report report) {
            loop.post([this, report = std::move(report)] { note(report); });
        });
    intake_ = std::make_unique<Intake>(
        *spool_, influx.sync_after,
        Intake::Events{
            .arrived = [this] { drain_->wake(); },
            .refused = [this, &loop](const spool::Error& why) { loop.post([this, why] { refused(why); }); },
            .not_synced =
                [this, &loop](const std::string& why) {
                    loop.post([this, why] { context_.status().device_failed(kSpool, false, why); });
                },
            .more_waits = [port = context_.site().broker.port] { return bus::more_waits(port); }});
}

void InfluxBridge::subscribe(const site::Influx& influx) {
    const auto& prefix = context_.site().broker.prefix;
    const topics::Names names(prefix, influx.fleet ? "+" : context_.site().id);
    const std::string share = influx.share_group ? "$share/" + *influx.share_group + '/' : "";
    std::vector<std::string> filters;
    for (const auto& mapping : mappings()) {
        filters.push_back(share + names.filter(mapping.kind));
    }
    context_.take_all(filters, [this, bytes = prefix.size()](const bus::Incoming& message) {
        return (shard_.count > 1 && !shard_.has(site_of(message.topic, bytes))) || intake_->take(message);
    });
}

void InfluxBridge::note(const Drain::Report& report) {
    auto& status = context_.status();
    for (const auto& [topic, why] : report.bad) {
        context_.bad_message(topic, why);
    }
    status.count("bad_messages", report.bad_messages - report.bad.size());
    if (report.damaged_bytes > 0) {
        context_.event(Severity::alarm, "spool_damaged",
                       std::to_string(report.damaged_bytes) + " bytes of the spool are damaged and left out");
    }
    if (!report.disk_trouble.empty()) {
        status.device_failed(kSpool, false, report.disk_trouble);
    }
    const auto& trouble = report.outcome.trouble;
    if (report.outcome.done) {
        note_batch(report.outcome);
        status.device_ok(kDatabase);
    } else if (!trouble.text.empty()) {
        status.device_failed(kDatabase, trouble.silent, trouble.text);
    }
}

void InfluxBridge::note_batch(const Outcome& outcome) {
    auto& status = context_.status();
    status.count("lines_written", outcome.written);
    status.count("lines_left_out", outcome.left_out);
    status.count("lines_refused", outcome.dead.size());
    if (outcome.left_out > 0 && often_.admit("left_out", context_.clock().now())) {
        context_.event(Severity::warning, "lines_left_out",
                       std::to_string(outcome.left_out) + " lines were left out: " + outcome.trouble.text,
                       kDatabase);
    }
    if (!outcome.dead.empty() && often_.admit("refused", context_.clock().now())) {
        context_.event(Severity::warning, "lines_refused",
                       std::to_string(outcome.dead.size()) +
                           " lines are refused and stand in dead-letters.lp: " + outcome.dead.front().why,
                       kDatabase);
    }
}

/// Says it before it is too late, and ends the disconnection when there is room again.
void InfluxBridge::watch_level() {
    const auto waiting = spool_->waiting_bytes();
    context_.status().set_count("spool_bytes", waiting);
    if (!filling_ && waiting > most_bytes_ / 10 * 8) {
        filling_ = true;
        context_.event(
            Severity::alarm, "spool_filling",
            std::to_string(waiting / kMiB) + " of " + std::to_string(most_bytes_ / kMiB) +
                " MiB wait for the database; when it is full, we disconnect and the broker holds the rest",
            kSpool);
        context_.status().device_failed(kSpool, false, "nearly full");
        context_.status().device_failed(kSpool, false, "nearly full");
    } else if (filling_ && waiting < most_bytes_ / 10 * 7) {
        filling_ = false;
        context_.status().device_ok(kSpool);
    }
    if (waiting_for_room_ && !filling_) {
        waiting_for_room_ = false;
        context_.take_again();
    }
}

void InfluxBridge::refused(const spool::Error& why) {
    if (often_.admit("spool_refused", context_.clock().now())) {
        context_.event(Severity::alarm, "spool_full",
                       "disconnected, the broker holds what comes: " + why.text, kSpool);
    }
    context_.status().device_failed(kSpool, false, why.text);
    if (why.refusal == spool::Refusal::full) {
        waiting_for_room_ = true;
        filling_ = true;
    } else {
        context_.loop().after(kTryAgainAfter, [this] { context_.take_again(); });
    }
}

}  // namespace sunherd::influx
