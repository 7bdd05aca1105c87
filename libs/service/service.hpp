#pragma once

#include "bus/bus.hpp"
#include "site/site.hpp"
#include "topics/codec.hpp"
#include "topics/names.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The life every executable shares: options, logging, signals, broker, status, clean stop. A service is one
/// class with a constructor that wires it to its Context; everything it does happens on one thread, the
/// loop's.
namespace sunherd::service {

using Steady = std::chrono::steady_clock;

/// The only source of time. `now()` for durations, `utc()` for what people and databases see.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Steady::time_point now() const = 0;
    virtual topics::Timestamp utc() const = 0;
};
const Clock& system_clock();

/// One thread's queue of work and timers (Boost.Asio inside). `post` may be called from any thread, the rest
/// only on the loop. Virtual for tests with a fake clock.
class Loop {
  public:
    Loop();
    virtual ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    virtual void post(std::function<void()> work);
    /// Runs `work` once at that time; gives a handle for `cancel`.
    virtual std::uint64_t at(Steady::time_point when, std::function<void()> work);
    virtual std::uint64_t after(std::chrono::milliseconds delay, std::function<void()> work);
    /// Runs `work` every `period` (> 0), on a fixed grid (of those missed while the loop was busy one runs
    /// late).
    virtual std::uint64_t every(std::chrono::milliseconds period, std::function<void()> work);
    virtual void cancel(std::uint64_t timer);
    void run();
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// What a service says of itself on `service/{service}/status`; published on change (at most once a second)
/// and every 10 s.
class Status {
  public:
    /// A device that is known but was not asked yet.
    void device_waiting(const std::string& id) { devices_.try_emplace(id); }
    /// A successful poll of (or write to) a device.
    void device_ok(const std::string& id);
    /// A failed one; `silent` if it didn't answer at all. Counted each time; the health of a device that was
    /// ok changes with the second failure in a row, so that one lost poll is no event. The frame logs changes
    /// of health and publishes the events `device_silent`, `device_faulty` and `device_back`.
    void device_failed(const std::string& id, bool silent, const std::string& why);
    void device_gone(const std::string& id);
    void count(std::string_view counter, std::uint64_t by = 1);
    /// Of a counter that also falls: what waits, say.
    void set_count(std::string_view counter, std::uint64_t value);
    const std::map<std::string, topics::DeviceHealth>& devices() const { return devices_; }
    const std::map<std::string, std::uint64_t>& counters() const { return counters_; }

    /// Rises with each change of a device's health.
    std::uint64_t changes() const { return changes_; }

    /// Called when a device's health changes: id, before, after. The frame's own.
    std::function<void(const std::string&, const topics::DeviceHealth&, const topics::DeviceHealth&)>
        on_health;

  private:
    static constexpr int kFailuresToBelieve = 2;
    void set(const std::string& id, topics::DeviceHealth next);
    std::map<std::string, topics::DeviceHealth> devices_;
    std::map<std::string, int> failures_in_a_row_;
    std::uint64_t changes_ = 0;
    std::map<std::string, std::uint64_t> counters_;
};

/// A received message of type M with what its topic said.
template <class M>
using Handler = std::function<void(const topics::Parsed& topic, const M& message, const bus::Incoming& raw)>;

/// All a service gets from the frame.
class Context {
  public:
    virtual ~Context() = default;
    virtual const std::string& service() const = 0;
    virtual const site::Site& site() const = 0;
    virtual const topics::Names& names() const = 0;
    virtual const Clock& clock() const = 0;
    virtual Loop& loop() = 0;
    virtual Status& status() = 0;
    /// Where the service may keep state across restarts.
    virtual std::filesystem::path state_dir() const = 0;
    virtual bool connected() const = 0;

    /// Subscribes to all topics of a kind. Bad messages never arrive: they are dropped, counted
    /// (`bad_messages`) and logged once per topic and minute. A newer message of the same state topic (one
    /// that is retained) replaces an older one that is still waiting; commands, setpoints, actions and events
    /// are all delivered. 10,000 wait at most. Beware: `raw.received` is no proof that a message is fresh; a
    /// sender that comes back sends its last ones again
    /// (`raw.retained` is set then, as after a subscription). Judge by the message's `time`.
    virtual void on(topics::Kind kind, Handler<std::string> raw_handler, bus::QoS qos) = 0;
    template <class M>
    void on(topics::Kind kind, Handler<M> handler, bus::QoS qos = bus::QoS::at_most_once) {
        on(kind,
           Handler<std::string>([this, handler = std::move(handler)](const topics::Parsed& topic,
                                                                     const std::string& payload,
                                                                     const bus::Incoming& raw) {
               if (auto message = decode_as<M>(payload)) {
                   handler(topic, *message, raw);
               } else {
                   bad_message(raw.topic, message.error().text);
               }
           }),
           qos);
    }

    /// Subscribes to topics of others, at QoS 1; what comes is as its sender made it, at most 64 KiB. To be
    /// called by the constructor of a service, once.
    using Foreign = std::function<void(const bus::Incoming&)>;
    virtual void on_foreign(const std::vector<std::string>& filters, Foreign handler) = 0;

    /// Subscribes at QoS 1 so that every message is given to `take` on the bus's own thread, before the
    /// broker gets its acknowledgement; nothing goes to handlers of `on` any more. False: it can't be taken
    /// now. Then the broker keeps it and all that follow, and we are disconnected until `take_again`. To be
    /// called by the constructor of a service, once.
    using Take = std::function<bool(const bus::Incoming&)>;
    virtual void take_all(const std::vector<std::string>& filters, Take take) = 0;
    virtual void take_again() = 0;

    /// Fills `time` and the stream's `seq` and publishes. `keep`: queue it while the broker is away.
    template <class M>
    void publish(const topics::Topic<M>& topic, M message, bool keep = false) {
        if constexpr (requires { message.seq; }) {
            message.seq = next_seq(topic.name);
            if (message.time == topics::Timestamp{}) {
                message.time = clock().utc();
            }
        }
        publish_raw(topic.name, topics::encode(message), topic.retained, keep);
    }

    /// Publishes on `event` and logs.
    virtual void event(topics::Severity severity, std::string_view code, const std::string& text,
                       std::optional<std::string> device = std::nullopt) = 0;

    virtual void publish_raw(const std::string& topic, const std::string& payload, bool retained,
                             bool keep) = 0;
    virtual std::uint64_t next_seq(const std::string& topic) = 0;
    virtual void bad_message(const std::string& topic, const std::string& why) = 0;

    /// Called on the loop after each connect (argument: the broker still knew our session) and each loss.
    std::function<void(bool session_present)> on_connected;
    std::function<void()> on_disconnected;

  private:
    template <class M>
    static topics::Decoded<M> decode_as(const std::string& payload) {
        if constexpr (std::is_same_v<M, topics::Command>) {
            return topics::decode_command(payload);
        } else {
            return topics::decode<M>(payload);
        }
    }
};

/// Base of every service class: exists from start to stop.
class Service {
  public:
    virtual ~Service() = default;
    /// On the loop, before the broker connection closes: e.g. write fallback currents. At most 1.5 s.
    virtual void stopping() {}
};

/// Thrown by `Spec::make`: starting again would not help, the options have to be others. The program ends
/// with exit code 2, as for a wrong site file.
class WrongOptions : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Spec {
    std::string name;   ///< `evse-collector`
    std::string about;  ///< one sentence for --help
    bool clean_session = false;
    std::function<std::unique_ptr<Service>(Context&)> make;
    /// More options of its own, e.g. the simulator's --trace. Called with CLI11's app (forward declared here
    /// as void* would lie, so options are described by plain values).
    struct Option {
        std::string flag;  ///< `--trace`
        std::string about;
        std::string* value;
    };
    std::vector<Option> options{};
};

/// Everything `main` does. Options of all: --site FILE (or $SUNHERD_SITE), --state-dir DIR (or
/// $SUNHERD_STATE_DIR, or systemd's $STATE_DIRECTORY, or `.run/state`; made with mode 0700), --log-format
/// text|json (or $SUNHERD_LOG_FORMAT),
/// --log-level debug|info|warning|error (or $SUNHERD_LOG_LEVEL), --version, --health.
///
/// Life signs come from the loop: systemd's READY and WATCHDOG on $NOTIFY_SOCKET each second; where
/// $SUNHERD_HEARTBEAT names a file, it is touched each second, and `<service> --health` with the same
/// environment exits 0 while it is younger than 5 s (for a container's health check).
///
/// SIGINT and SIGTERM: Service::stopping(), status `offline`, farewell to the broker (a service
/// that is done ends itself so: `kill(getpid(), SIGTERM)`). Exit code 0 after a
/// clean stop, 1 where it hung and was cut short after 1.9 s, 2 for a bad site file or options.
int run(int argc, char** argv, const Spec& spec);

}  // namespace sunherd::service
