#include "service/inbox.hpp"
#include "service/life_signs.hpp"
#include "service/log.hpp"
#include "service/options.hpp"
#include "service/service.hpp"
#include "service/stopper.hpp"
#include "service/throttle.hpp"
#include "site/load.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>
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

/// The context of the one service of this process, and what the frame itself does on the loop.
class Frame final : public Context {
  public:
    Frame(const Spec& spec, site::Site site, std::filesystem::path state_dir, Loop& loop);

    void start();
    /// On the loop, after a signal: the service's last words, then ours.
    void stop(int signal);
    /// False: a thread of the bus was left behind, see Bus::stop.
    bool ended_well() const { return ended_well_; }

    const std::string& service() const override { return spec_.name; }
    const site::Site& site() const override { return site_; }
    const topics::Names& names() const override { return names_; }
    const Clock& clock() const override { return system_clock(); }
    Loop& loop() override { return loop_; }
    Status& status() override { return status_; }
    std::filesystem::path state_dir() const override { return state_dir_; }
    bool connected() const override { return connected_; }

    void on(topics::Kind kind, Handler<std::string> handler, bus::QoS qos) override;
    void event(topics::Severity severity, std::string_view code, const std::string& text,
               std::optional<std::string> device) override;
    void publish_raw(const std::string& topic, const std::string& payload, bool retained, bool keep) override;
    std::uint64_t next_seq(const std::string& topic) override { return ++seq_[topic]; }
    void bad_message(const std::string& topic, const std::string& why) override;

  private:
    bus::Options bus_options() const;
    topics::ServiceStatus own_status(topics::Presence presence) const;
    void receive(bus::Incoming incoming);
    void fetch();
    void deliver(const Inbox::Item& item);
    void connection_changed(const bus::ConnectionChange& change);
    void refused(const std::string& topic, const std::string& why);
    void health_changed(const std::string& id, const topics::DeviceHealth& before,
                        const topics::DeviceHealth& after);
    void tick();
    void publish_status();

    const Spec& spec_;
    const site::Site site_;
    const topics::Names names_;
    const std::filesystem::path state_dir_;
    const std::optional<std::filesystem::path> heartbeat_ = heartbeat_file();
    const Steady::time_point started_ = system_clock().now();
    Loop& loop_;
    Status status_;
    Inbox inbox_;
    Throttle bad_topics_{60s};
    std::map<topics::Kind, std::vector<Handler<std::string>>> handlers_;
    std::map<std::string, std::uint64_t> seq_;
    std::set<std::string> refused_topics_;
    bool connected_ = false;
    std::uint64_t connects_ = 0;
    Steady::time_point status_published_{};
    std::uint64_t status_changes_published_ = 0;
    bool ended_well_ = true;
    bus::Bus bus_;
    std::unique_ptr<Service> running_;  // last: it may use all of the above until it is gone
};

Frame::Frame(const Spec& spec, site::Site site, std::filesystem::path state_dir, Loop& loop)
    : spec_(spec),
      site_(std::move(site)),
      names_(site_.broker.prefix, site_.id),
      state_dir_(std::move(state_dir)),
      loop_(loop),
      inbox_(spec.every_message),
      bus_(
          bus_options(), [this](bus::Incoming incoming) { receive(std::move(incoming)); },
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
            .client_id = "sunherd-" + site_.id + '-' + spec_.name,
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
    spdlog::info("stopping: {}", strsignal(signal));
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
    bus_.subscribe(names_.filter(kind), qos);
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

void Frame::bad_message(const std::string& topic, const std::string& why) {
    status_.count("bad_messages");
    if (const auto swallowed = bad_topics_.admit(topic, clock().now())) {
        spdlog::warn("bad message on {}: {} (dropped; {} more since the last such line)", topic, why,
                     *swallowed);
    }
}

/// On Paho's thread.
void Frame::receive(bus::Incoming incoming) {
    if (incoming.payload.size() > topics::kMaxPayloadBytes) {
        incoming.payload.resize(topics::kMaxPayloadBytes + 1);  // enough for the codec to refuse it
    }
    auto topic = names_.parse(incoming.topic);
    if (inbox_.push({.topic = std::move(topic), .raw = std::move(incoming)})) {
        loop_.post([this] { fetch(); });
    }
}

/// One message per turn, so that a flood leaves the loop free for timers; the next turn is booked first, so
/// that a handler that throws doesn't end it.
void Frame::fetch() {
    if (const auto item = inbox_.pop()) {
        loop_.post([this] { fetch(); });
        deliver(*item);
    }
}

void Frame::deliver(const Inbox::Item& item) {
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

/// Until it is stopped. A handler's exception is a fault of ours; it ends that handler, not the service.
void turn(Loop& loop, Frame& frame) {
    for (;;) {
        try {
            loop.run();
            return;
        } catch (const std::exception& error) {
            frame.status().count("internal_errors");
            frame.event(topics::Severity::alarm, "internal_error",
                        std::string("internal error: ") + error.what(), std::nullopt);
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

int run(int argc, char** argv, Spec spec) {
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
    } catch (const std::exception& error) {
        std::cerr << spec.name << ": can't start: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace sunherd::service
