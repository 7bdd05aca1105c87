#include "service/frame.hpp"

#include "bus/client_id.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace sunherd::service {
namespace {

using namespace std::chrono_literals;

constexpr auto kStatusPeriod = 10s;
constexpr auto kTick = 1s;
// Of Stopper::kLimit; the rest is for the service's destructor.
constexpr auto kStopBusUntil = 1700ms;
constexpr auto kLeastForBus = 150ms;
constexpr std::size_t kMaxRefusedTopics = 1000;

spdlog::level::level_enum level_of(topics::Severity severity) {
    switch (severity) {
        case topics::Severity::info:
            return spdlog::level::info;
        case topics::Severity::warning:
            return spdlog::level::warn;
        case topics::Severity::alarm:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

Frame::Frame(const Spec& spec, site::Site site, std::filesystem::path state_dir, Loop& loop)
    : spec_(spec),
      site_(std::move(site)),
      names_(site_.broker.prefix, site_.id),
      state_dir_(std::move(state_dir)),
      loop_(loop),
      bus_(
          bus_options(), [this](bus::Incoming incoming) { return receive(std::move(incoming)); },
          [this](const bus::ConnectionChange& change) {
              loop_.post([this, change] { connection_changed(change); });
          },
          [this](const std::string& topic, const std::string& why) {
              loop_.post([this, topic, why] { refused(topic, why); });
          }) {
    status_.on_health = [this](const std::string& id, const auto& before, const auto& after) {
        health_changed(id, before, after);
    };
    for (const auto* counter : {"bad_messages", "dropped", "reconnects"}) {
        status_.count(counter, 0);
    }
}

bus::Options Frame::bus_options() const {
    const auto& broker = site_.broker;
    return {.host = broker.host,
            .port = broker.port,
            .client_id =
                bus::secret_client_id("sunherd-" + site_.id + '-' + spec_.name, broker.password.value_or("")),
            .user = broker.user.value_or(spec_.name),
            .password = broker.password,
            .tls = broker.tls,
            .ca_file = broker.ca_file,
            .clean_session = spec_.clean_session,
            .will_topic = names_.service_status(spec_.name).name,
            .will_payload = topics::encode(own_status(topics::Presence::offline))};
}

void Frame::start() {
    running_ = spec_.make(*this);
    publish_status();
    bus_.start();
    loop_.every(kTick, [this] { tick(); });
    loop_.post([] { notify_supervisor("READY=1"); });
}

void Frame::stop(int signal) {
    const auto until = clock().now() + kStopBusUntil;
    spdlog::info("stopping: {}", signal == SIGINT ? "interrupted" : "told to terminate");
    notify_supervisor("STOPPING=1");
    try {
        running_->stopping();
    } catch (const std::exception& error) {
        spdlog::error("while stopping: {}", error.what());
    }
    const auto topic = names_.service_status(spec_.name).name;
    auto last = own_status(topics::Presence::offline);
    last.seq = next_seq(topic);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock().now());
    ended_well_ =
        bus_.stop(topic, topics::encode(last), std::max<std::chrono::milliseconds>(left, kLeastForBus));
    loop_.stop();
}

void Frame::on(topics::Kind kind, Handler<std::string> handler, bus::QoS qos) {
    handlers_[kind].push_back(std::move(handler));
    // What must never be retained is no wish of now, also when it was published just now: it would come
    // again.
    const auto tells = topics::is_retained(kind) ? bus::Retained::tells_of_old : bus::Retained::tells_of_all;
    bus_.subscribe(names_.filter(kind), qos, tells);
}

void Frame::on_foreign(const std::vector<std::string>& filters, Foreign handler) {
    foreign_ = std::move(handler);
    for (const auto& filter : filters) {
        bus_.subscribe(filter, bus::QoS::at_least_once);
    }
}

void Frame::take_all(const std::vector<std::string>& filters, Take take) {
    take_ = std::move(take);
    for (const auto& filter : filters) {
        bus_.subscribe(filter, bus::QoS::at_least_once);
    }
}

void Frame::event(topics::Severity severity, std::string_view code, const std::string& text,
                  std::optional<std::string> device) {
    spdlog::log(level_of(severity), "{} ({})", text, code);
    topics::Event event;
    event.severity = severity;
    event.code = code;
    event.text = text;
    event.service = spec_.name;
    event.device = std::move(device);
    publish(names_.event(), std::move(event), true);
}

void Frame::publish_raw(const std::string& topic, const std::string& payload, bool retained, bool keep) {
    bus_.publish_raw(topic, payload, retained, bus::QoS::at_least_once, keep);
}

void Frame::internal_error(const std::string& what) {
    status_.count("internal_errors");
    if (internal_errors_.admit(what, clock().now())) {
        event(topics::Severity::alarm, "internal_error", "internal error: " + what, std::nullopt);
    }
}

void Frame::bad_message(const std::string& topic, const std::string& why) {
    status_.count("bad_messages");
    if (const auto swallowed = bad_topics_.admit(topic, clock().now())) {
        spdlog::warn("bad message on {}: {} (dropped; {} more since the last such line)", topic, why,
                     *swallowed);
    }
}

/// On Paho's thread.
bool Frame::receive(bus::Incoming incoming) {
    if (take_) {
        return take_(incoming);
    }
    const bool too_large = incoming.payload.size() > topics::kMaxPayloadBytes;
    if (too_large) {
        incoming.payload = {};  // nobody will read it, so it need not wait
    }
    auto topic = names_.parse(incoming.topic);
    if (inbox_.push({.topic = std::move(topic), .raw = std::move(incoming), .too_large = too_large})) {
        loop_.post([this] { fetch(); });
    }
    return true;
}

/// One message per turn, so that a flood leaves the loop free for timers; the next turn is booked first, so
/// that a handler that throws doesn't end it.
void Frame::fetch() {
    if (auto item = inbox_.pop()) {
        loop_.post([this] { fetch(); });
        if (item->too_large) {
            item->raw.payload.assign(topics::kMaxPayloadBytes + 1, ' ');  // enough for the codec to refuse it
        }
        deliver(*item);
    }
}

void Frame::deliver(const Inbox::Item& item) {
    if (!item.topic && foreign_ && item.raw.payload.size() <= topics::kMaxPayloadBytes) {
        foreign_(item.raw);
        return;
    }
    if (!item.topic) {
        bad_message(item.raw.topic, "no topic of this site");
        return;
    }
    if (const auto found = handlers_.find(item.topic->kind); found != handlers_.end()) {
        for (const auto& handler : found->second) {
            handler(*item.topic, item.raw.payload, item.raw);
        }
    }
}

void Frame::connection_changed(const bus::ConnectionChange& change) {
    spdlog::log(change.connected ? spdlog::level::info : spdlog::level::warn, "{}", change.text);
    const bool before = std::exchange(connected_, change.connected);
    if (change.connected) {
        status_.count("reconnects", connects_++ > 0 ? 1 : 0);
        publish_status();  // the last will has said offline meanwhile
        if (on_connected) {
            on_connected(change.session_present);
        }
    } else if (before && on_disconnected) {
        on_disconnected();
    }
}

void Frame::refused(const std::string& topic, const std::string& why) {
    if (refused_topics_.size() >= kMaxRefusedTopics || !refused_topics_.insert(topic).second) {
        return;
    }
    const auto text = "the broker refuses " + topic + ": " + why + "; check the broker's ACL for account `" +
                      site_.broker.user.value_or(spec_.name) + '`';
    if (topic == names_.event().name) {
        spdlog::error("{}", text);
    } else {
        event(topics::Severity::alarm, "publish_refused", text, std::nullopt);
    }
}

void Frame::health_changed(const std::string& id, const topics::DeviceHealth& before,
                           const topics::DeviceHealth& after) {
    using enum topics::Health;
    const bool was_bad = before.health == silent || before.health == faulty;
    const bool is_bad = after.health == silent || after.health == faulty;
    const auto why = after.error ? ": " + *after.error : std::string();
    if (is_bad && !was_bad) {
        event(topics::Severity::warning, after.health == silent ? "device_silent" : "device_faulty",
              id + (after.health == silent ? " is silent" : " is faulty") + why, id);
    } else if (was_bad && !is_bad) {
        event(topics::Severity::info, "device_back", id + " is back", id);
    } else {
        spdlog::info("{} is {}{}", id, topics::to_word(after.health), why);
    }
}

void Frame::tick() {
    notify_supervisor("WATCHDOG=1");
    if (heartbeat_) {
        touch(*heartbeat_);
    }
    if (status_.changes() != status_changes_published_ ||
        clock().now() - status_published_ >= kStatusPeriod) {
        publish_status();
    }
}

topics::ServiceStatus Frame::own_status(topics::Presence presence) const {
    topics::ServiceStatus own;
    own.time = clock().utc();
    own.status = presence;
    own.version = SUNHERD_VERSION;
    own.uptime_s =
        std::chrono::duration<double>(std::chrono::floor<std::chrono::seconds>(clock().now() - started_))
            .count();
    own.pid = getpid();
    return own;
}

void Frame::publish_status() {
    auto own = own_status(topics::Presence::online);
    own.devices = status_.devices();
    own.counters = status_.counters();
    own.counters["dropped"] += bus_.dropped() + inbox_.dropped();
    publish(names_.service_status(spec_.name), std::move(own));
    status_published_ = clock().now();
    status_changes_published_ = status_.changes();
}

}  // namespace sunherd::service
