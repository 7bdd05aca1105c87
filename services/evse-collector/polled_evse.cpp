#include "polled_evse.hpp"

#include "devices/to_messages.hpp"

#include <spdlog/spdlog.h>

namespace sunherd {

namespace {

constexpr std::chrono::seconds kAskLayoutAgain{5};

std::optional<double> sum(const topics::PhaseValues& values) {
    if (values.empty()) {
        return std::nullopt;
    }
    return values[0].value_or(0) + values[1].value_or(0) + values[2].value_or(0);
}

}  // namespace

/// What happens on the thread of the EVSE's connection.
class PolledEvse::Line {
  public:
    Line(PolledEvse& evse, const service::Clock& clock)
        : evse_(evse),
          clock_(clock),
          layout_wanted_(!evse.layout_),
          device_(evse.config_.profile, {.connector = evse.config_.connector}, clock) {}

    bool poll(modbus::ReadConnection& connection) {
        auto polled = device_.poll(connection);
        const bool worth_its_time = !polled.silent();
        const bool answered = polled.reading.has_value();
        service::Loop& loop = evse_.context_.loop();
        loop.post([&evse = evse_, polled = std::move(polled)] { evse.take(polled); });
        if (answered && layout_wanted_ && clock_.now() >= ask_layout_at_) {
            LivePortProbe probe(evse_.config_, connection);
            auto found = find_layout(evse_.config_, probe);
            layout_wanted_ = !found;
            ask_layout_at_ = clock_.now() + kAskLayoutAgain;
            loop.post([&evse = evse_, found = std::move(found)] { evse.take_layout(found); });
        }
        return worth_its_time;
    }

  private:
    PolledEvse& evse_;
    const service::Clock& clock_;
    bool layout_wanted_;
    service::Steady::time_point ask_layout_at_{};
    polling::DevicePoll device_;
};

PolledEvse::PolledEvse(service::Context& context, polling::Poller& poller, site::Evse config, bool found)
    : context_(context), poller_(poller), config_(std::move(config)), found_(found), layout_(config_.ports) {}

void PolledEvse::start() {
    auto line = std::make_shared<Line>(*this, context_.clock());
    poller_.add({config_.host, config_.read_port, config_.unit, std::chrono::milliseconds(config_.timeout_ms),
                 config_.single_client},
                {.unit = config_.unit,
                 .period = config_.poll,
                 .work = [line](modbus::ReadConnection& connection) { return line->poll(connection); }});
    if (layout_) {
        layout_known(*layout_);
    }
}

void PolledEvse::move_to(const std::string& host) {
    poller_.drop(config_.host, config_.read_port);
    config_.host = host;
    start();
    repeat_info();
}

void PolledEvse::repeat_info() {
    published_.reset();
    publish_info();
}

void PolledEvse::take(const polling::Polled& polled) {
    service::Status& status = context_.status();
    drawn_a_.reset();
    if (polled.identity) {
        identity_ = polled.identity;
        publish_info();
    }
    if (!polled.reading) {
        status.device_failed(config_.id, polled.unreachable(), polled.reading.error().text);
    } else {
        if (polled.reading->implausible > 0) {
            status.count("implausible_values", static_cast<std::uint64_t>(polled.reading->implausible));
        }
        if (polled.reading->evse_state) {
            auto state = devices::to_evse_state(*polled.reading, config_.phase_rotation);
            state.time = polled.time;
            drawn_a_ = sum(state.current_a);
            context_.publish(context_.names().evse_state(config_.id), std::move(state), /*keep=*/true);
            status.device_ok(config_.id);
        } else {
            status.device_failed(config_.id, false,
                                 "answers, but does not tell its status (input register 0)");
        }
    }
    this->polled(polled);
}

void PolledEvse::take_layout(const tl::expected<FoundLayout, std::string>& found) {
    if (!found) {
        if (found.error() != last_layout_doubt_) {
            last_layout_doubt_ = found.error();
            spdlog::warn("{}: can't tell yet which port does what: {}", config_.id, found.error());
        }
        layout_unknown(found.error());
        return;
    }
    layout_ = found->layout;
    const auto word = to_word(found->layout);
    spdlog::info("{}: ports are {}: {}. To fix this, put `ports: {}` into its entry of the site file",
                 config_.id, word, found->because, word);
    publish_info();
    layout_known(found->layout);
}

void PolledEvse::publish_info() {
    if (!identity_) {
        return;
    }
    auto info = evse_info(config_, *identity_);
    info.ports = layout_;
    if (found_) {
        info.host = config_.host;
    }
    if (published_ != info) {
        published_ = info;
        context_.publish(context_.names().evse_info(config_.id), std::move(info), /*keep=*/true);
    }
}

topics::EvseInfo evse_info(const site::Evse& config, const devices::Identity& identity) {
    topics::EvseInfo info;
    info.name = config.name;
    info.profile = config.profile;
    info.vendor = identity.vendor;
    info.model = identity.model;
    info.serial = identity.serial;
    info.firmware = identity.firmware;
    info.phases = config.phases;
    info.phase_rotation = config.phase_rotation;
    info.min_current_a = config.min_current_a;
    info.max_current_a = config.max_current_a;
    info.master = config.master;
    info.connector = config.connector;
    return info;
}

}  // namespace sunherd
