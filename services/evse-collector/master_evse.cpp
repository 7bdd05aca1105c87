#include "master_evse.hpp"

#include "devices/to_messages.hpp"

namespace sunherd {

using devices::Quantity;
using Seen = LoadGuardWatchdog::Seen;

namespace {

constexpr std::chrono::seconds kClusterPoll{10};

LoadGuardWatchdog::Options watchdog_options(const site::LoadGuardRestart& restart) {
    return {.may_restart = restart.kind != site::LoadGuardRestart::Kind::none,
            .after = restart.after,
            .first_pause = restart.first_pause,
            .longest_pause = restart.longest_pause};
}

std::string seconds_text(std::chrono::steady_clock::duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

MasterEvse::MasterEvse(service::Context& context, polling::Poller& poller, const site::Evse& config,
                       std::function<void(double)> cluster_draws)
    : PolledEvse(context, poller, config),
      load_guard_id_(config.id + "-load-guard"),
      cluster_draws_(std::move(cluster_draws)),
      frozen_(config.frozen_after),
      watchdog_(watchdog_options(config.load_guard_restart)) {}

void MasterEvse::polled(const polling::Polled& charger) {
    last_charger_poll_ = {charger.at, charger.answered()};
}

void MasterEvse::layout_unknown(const std::string& why) {
    context_.status().device_failed(load_guard_id_, false, why);
}

void MasterEvse::layout_known(site::PortLayout layout) {
    const auto port = layout == site::PortLayout::read_write ? config_.read_port : config_.write_port;
    poll(port, "etrel-load-guard", config_.load_guard_poll, /*urgent=*/true,
         [this](const polling::Polled& polled) { take_load_guard(polled); });
    poll(port, "etrel-cluster", kClusterPoll, /*urgent=*/false,
         [this](const polling::Polled& polled) { take_cluster(polled); });
}

void MasterEvse::poll(std::uint16_t port, const std::string& profile, std::chrono::milliseconds period,
                      bool urgent, std::function<void(const polling::Polled&)> take) {
    auto device = std::make_shared<polling::DevicePoll>(profile, devices::ReaderOptions{}, context_.clock());
    poller_.add({config_.host, port, config_.unit, std::chrono::milliseconds(config_.timeout_ms),
                 config_.single_client},
                {.unit = config_.unit,
                 .period = period,
                 .urgent = urgent,
                 .work = [this, device, take = std::move(take)](modbus::ReadConnection& connection) {
                     auto polled = device->poll(connection);
                     const bool worth_its_time = !polled.silent();
                     context_.loop().post([take, polled = std::move(polled)] { take(polled); });
                     return worth_its_time;
                 }});
}

void MasterEvse::take_cluster(const polling::Polled& polled) {
    if (!polled.reading) {
        return;  // a firmware without these registers; that the master is away is said elsewhere
    }
    const devices::Values& values = polled.reading->values;
    const auto& l1 = values[Quantity::current_l1_a];
    const auto& l2 = values[Quantity::current_l2_a];
    const auto& l3 = values[Quantity::current_l3_a];
    if (l1 && l2 && l3) {
        cluster_draws_(*l1 + *l2 + *l3);
    }
}

void MasterEvse::take_load_guard(const polling::Polled& polled) {
    service::Status& status = context_.status();
    if (polled.reading && polled.reading->implausible > 0) {
        status.count("implausible_values", static_cast<std::uint64_t>(polled.reading->implausible));
    }
    if (const auto what = trouble(polled)) {
        status.device_failed(load_guard_id_, polled.unreachable(), *what);
        lost_since_ = lost_since_.value_or(polled.at);
        if (const auto seen = blame(polled); seen && installed_) {
            watch(*seen, polled.at, *what);
        }
        return;
    }
    lost_since_.reset();
    auto grid = devices::to_grid(*polled.reading, config_.id, /*invert=*/false);
    grid.time = polled.time;
    context_.publish(context_.names().grid(), std::move(grid), /*keep=*/true);
    status.device_ok(load_guard_id_);
    watch(Seen::good, polled.at, {});
}

std::optional<std::string> MasterEvse::trouble(const polling::Polled& polled) {
    if (!polled.reading) {
        return polled.reading.error().text;
    }
    const devices::Values& values = polled.reading->values;
    const auto is_set = [&values](Quantity flag) { return values[flag] && *values[flag] == 1; };
    if (values[Quantity::load_guard_installed]) {
        installed_ = is_set(Quantity::load_guard_installed);
    }
    if (!installed_) {
        return "the master says that no Load Guard is installed (input register 3000); set it up on the "
               "charger's "
               "power management page, or take `master` out of the site file";
    }
    if (!values[Quantity::load_guard_installed]) {
        return "the master does not tell whether a Load Guard is installed (input register 3000)";
    }
    if (!is_set(Quantity::load_guard_connected)) {
        return "the master says that it lost its Load Guard (input register 2000)";
    }
    if (!frozen_.believes(polled.reading->fingerprint, polled.at)) {
        return "frozen: its registers have not changed for " + seconds_text(config_.frozen_after);
    }
    if (!values[Quantity::power_w] && !values[Quantity::current_l1_a] && !values[Quantity::current_l2_a] &&
        !values[Quantity::current_l3_a]) {
        return "the master has no power and no current of its Load Guard";
    }
    return std::nullopt;
}

std::optional<Seen> MasterEvse::blame(const polling::Polled& polled) const {
    if (polled.answered()) {
        return Seen::lost;
    }
    // No answer for the Load Guard: what the charger's poll since then says decides.
    if (!lost_since_ || last_charger_poll_.at <= *lost_since_) {
        return std::nullopt;
    }
    return last_charger_poll_.answered ? Seen::lost : Seen::unreachable;
}

void MasterEvse::watch(Seen seen, polling::TimePoint at, const std::string& trouble) {
    const bool restartable = config_.load_guard_restart.kind != site::LoadGuardRestart::Kind::none;
    switch (watchdog_.step(seen, at)) {
        case LoadGuardWatchdog::Effect::none:
            break;
        case LoadGuardWatchdog::Effect::say_silent:
            context_.event(
                topics::Severity::alarm, "load_guard_silent",
                config_.id + " answers, but not its Load Guard: " + trouble +
                    (restartable ? "; it is restarted after " + seconds_text(config_.load_guard_restart.after)
                                 : "; no restart is configured (load_guard_restart)"),
                load_guard_id_);
            break;
        case LoadGuardWatchdog::Effect::request_restart: {
            const auto reason = "Load Guard of " + config_.id + " silent, try " +
                                std::to_string(watchdog_.tries()) + ", the next in " +
                                seconds_text(watchdog_.pause()) + ": " + trouble;
            context_.event(topics::Severity::warning, "load_guard_restart", reason, load_guard_id_);
            topics::ActionRequest request;
            request.action = topics::Action::restart_load_guard;
            request.reason = reason;
            context_.publish(context_.names().action_request(config_.id), request);
            break;
        }
        case LoadGuardWatchdog::Effect::say_back:
            context_.event(topics::Severity::info, "load_guard_back",
                           "Load Guard of " + config_.id + " answers again", load_guard_id_);
            break;
    }
}

}  // namespace sunherd
