#include "bus/bus.hpp"

#include "bus/backoff.hpp"
#include "bus/connection.hpp"
#include "bus/outbox.hpp"
#include "bus/sockets.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>
#include <thread>
#include <tuple>

namespace sunherd::bus {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A connection that lasted so long was a good one; after a shorter one (two clients with one id evict each
// other) the pauses go on growing.
constexpr auto kGoodConnection = 10s;

// While so many messages are without answer, remembered ones wait in the outbox, where a newer state replaces
// an older one; Paho would queue them all. What can't wait goes out until `kMostUnderWay`, then it is
// dropped.
constexpr int kWindow = 100;
constexpr int kMostUnderWay = 1000;

}  // namespace

/// Three locks, taken in this order only: `sending_lock` (order of publishing; held through calls into Paho),
/// Paho's own, and then one of the leaves: `callbacks_lock` (held while the user's callbacks run) or
/// `state_lock`. Paho calls back with its lock held, so nothing that a callback takes may be held through a
/// call into Paho.
struct Bus::Impl {
    Impl(Options given, OnMessage message, OnConnection changed_connection, OnRefused refused)
        : options(std::move(given)),
          on_message(std::move(message)),
          on_connection(std::move(changed_connection)),
          on_refused(std::move(refused)) {}

    void work();
    void live_once();
    Connection::Callbacks callbacks_of_connection();
    bool came_up();
    void open_for_publishing(std::shared_ptr<Connection> opened);
    void stay_up(Connection& connection, Steady::time_point since);
    bool can_send_waiting() const;
    void send_waiting(Connection& connection, int most);
    void answered();
    void farewell(Connection& connection);
    void report(ConnectionChange change);
    void publish(const std::string& topic, const std::string& payload, bool retained, QoS qos, bool keep);

    bool take(Incoming message) {
        {
            const std::lock_guard lock(callbacks_lock);
            if (!silent && on_message(std::move(message))) {
                return true;
            }
        }
        const std::lock_guard lock(state_lock);
        held = true;
        return false;
    }

    template <class Callback, class... Arguments>
    void call(const Callback& callback, Arguments&&... arguments) {
        const std::lock_guard lock(callbacks_lock);
        if (!silent && callback) {
            callback(std::forward<Arguments>(arguments)...);
        }
    }

    const Options options;
    const OnMessage on_message;
    const OnConnection on_connection;
    const OnRefused on_refused;

    std::mutex sending_lock;
    std::shared_ptr<Connection> open;  // while messages can be published
    std::vector<std::tuple<std::string, QoS, Retained>> filters;

    std::mutex callbacks_lock;
    bool silent = false;

    std::mutex state_lock;
    std::condition_variable changed;
    enum class Phase { connecting, up, down } phase = Phase::down;
    bool session_present = false;  // written before phase becomes up, then only read
    std::string why_down;
    Outbox outbox;
    int under_way = 0;  // handed to Paho, without answer from the broker
    bool held = false;  // a message was not taken: no connection until `resume`
    bool stopping = false;
    bool ended = false;
    std::string last_topic;
    std::string last_payload;
    Steady::time_point farewell_until;
    std::uint64_t last_words = 0;
    bool last_words_taken = false;

    // The connecting thread's own.
    std::string last_report;
    int short_lives = 0;
    Backoff backoff{500ms, 5s, std::random_device{}()};
};

Connection::Callbacks Bus::Impl::callbacks_of_connection() {
    const auto under_lock = [this](auto change) {
        const std::lock_guard lock(state_lock);
        change();
    };
    return {
        .up =
            [this, under_lock](bool present) {
                under_lock([&] {
                    phase = Phase::up;
                    session_present = present;
                    changed.notify_all();
                });
            },
        .down =
            [this, under_lock](const std::string& why) {
                under_lock([&] {
                    phase = Phase::down;
                    why_down = why;
                    changed.notify_all();
                });
            },
        .message = [this](Incoming incoming) { return take(std::move(incoming)); },
        .delivered =
            [this, under_lock](const std::string& topic, std::uint64_t number) {
                under_lock([&] {
                    outbox.done(topic, number);
                    last_words_taken = last_words_taken || number == last_words;
                    answered();
                });
            },
        .refused =
            [this, under_lock](const std::string& topic, std::uint64_t number, std::string why) {
                under_lock([&] {
                    outbox.done(topic, number);
                    answered();
                });
                call(on_refused, topic, std::move(why));
            },
        .undelivered = [this, under_lock](
                           const std::string& topic,
                           std::uint64_t number) { under_lock([&] { outbox.undelivered(topic, number); }); },
    };
}

void Bus::Impl::work() {
    std::unique_lock lock(state_lock);
    while (!stopping) {
        lock.unlock();
        live_once();
        lock.lock();
        changed.wait_for(lock, backoff.next(), [this] { return stopping; });
        changed.wait(lock, [this] { return stopping || !held; });
    }
    ended = true;
    changed.notify_all();
}

/// From one try to connect to the end of the connection.
void Bus::Impl::live_once() {
    {
        const std::lock_guard lock(state_lock);
        phase = Phase::connecting;
        why_down = "broker " + options.host + ':' + std::to_string(options.port) +
                   " does not answer within 3 s; does it hang, or does a firewall swallow the packets?";
    }
    std::shared_ptr<Connection> attempt;
    try {
        attempt = std::make_shared<Connection>(options, callbacks_of_connection());
        attempt->connect();
    } catch (const std::exception& error) {
        report({.text = "broker " + options.host + ": " + error.what()});
        return;
    }
    if (came_up()) {
        const auto since = Steady::now();
        open_for_publishing(attempt);
        report({.connected = true,
                .session_present = session_present,
                .text = "connected to broker " + options.host + ':' + std::to_string(options.port)});
        stay_up(*attempt, since);
    }
    {
        const std::lock_guard lock(sending_lock);
        open.reset();
    }
    std::unique_lock lock(state_lock);
    if (stopping && phase == Phase::up) {
        lock.unlock();
        farewell(*attempt);
        return;
    }
    const auto why =
        held ? "connection to broker " + options.host + " ended: a message could not be taken" : why_down;
    lock.unlock();
    report({.text = why});
}

bool Bus::Impl::came_up() {
    std::unique_lock lock(state_lock);
    changed.wait_for(lock, kConnectTimeout, [this] { return stopping || phase != Phase::connecting; });
    return phase == Phase::up;
}

void Bus::Impl::open_for_publishing(std::shared_ptr<Connection> opened) {
    send_without_delay(options.port);
    const std::lock_guard sending(sending_lock);
    for (const auto& [filter, qos, retained] : filters) {
        opened->subscribe(filter, qos, retained);
    }
    {
        const std::lock_guard lock(state_lock);
        under_way = 0;
        outbox.reconnected(!session_present);
    }
    send_waiting(*opened, kWindow);
    open = std::move(opened);
}

/// Until it goes down or we stop; meanwhile sends what had to wait.
void Bus::Impl::stay_up(Connection& connection, Steady::time_point since) {
    std::unique_lock lock(state_lock);
    for (;;) {
        changed.wait(lock, [this] { return stopping || phase == Phase::down || can_send_waiting(); });
        if (stopping || phase == Phase::down) {
            break;
        }
        lock.unlock();
        {
            const std::lock_guard sending(sending_lock);
            send_waiting(connection, kWindow);
        }
        lock.lock();
    }
    if (Steady::now() - since > kGoodConnection) {
        backoff.reset();
        short_lives = 0;
    } else if (++short_lives > 1) {
        why_down += ", again soon after it was made; does another client use the id `" + options.client_id +
                    "` (the service running twice)?";
    }
}

bool Bus::Impl::can_send_waiting() const {
    return outbox.waiting() && under_way <= kWindow / 2;
}

/// Called with `sending_lock` held.
void Bus::Impl::send_waiting(Connection& connection, int most) {
    std::vector<Outgoing> messages;
    {
        const std::lock_guard lock(state_lock);
        messages = outbox.hand_out(static_cast<std::size_t>(std::max(most - under_way, 0)));
        under_way += static_cast<int>(messages.size());
    }
    for (const auto& message : messages) {
        connection.publish(message);
    }
}

/// Called with `state_lock` held.
void Bus::Impl::answered() {
    --under_way;
    if (last_words_taken || can_send_waiting()) {
        changed.notify_all();
    }
}

void Bus::Impl::farewell(Connection& ending) {
    {
        const std::lock_guard sending(sending_lock);
        send_waiting(ending, kMostUnderWay);
    }
    std::unique_lock lock(state_lock);
    if (last_topic.empty()) {
        return;
    }
    const auto words = outbox.add(last_topic, last_payload, true, QoS::at_least_once, false).message;
    last_words = words.number;
    lock.unlock();
    ending.publish(words);
    lock.lock();
    changed.wait_until(lock, farewell_until, [this] { return last_words_taken || phase == Phase::down; });
}

/// The same trouble again and again is said once.
void Bus::Impl::report(ConnectionChange change) {
    if (change.text != last_report) {
        last_report = change.text;
        call(on_connection, std::move(change));
    }
}

void Bus::Impl::publish(const std::string& topic, const std::string& payload, bool retained, QoS qos,
                        bool keep) {
    const std::lock_guard sending(sending_lock);
    Outbox::Added added;
    bool now = false;
    {
        const std::lock_guard lock(state_lock);
        added = outbox.add(topic, payload, retained, qos, keep);
        now =
            open && (added.remembered ? !outbox.waiting() && under_way < kWindow : under_way < kMostUnderWay);
        if (now) {
            ++under_way;
        }
        if (!added.remembered) {
            outbox.count_dropped(now ? 0 : 1);
        } else if (now) {
            outbox.sent_at_once();
        } else {
            outbox.sent_later();
        }
    }
    if (now && !open->publish(added.message) && !added.remembered) {
        const std::lock_guard lock(state_lock);
        outbox.count_dropped(1);
    }
}

Bus::Bus(Options options, OnMessage on_message, OnConnection on_connection, OnRefused on_refused)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(on_message), std::move(on_connection),
                                   std::move(on_refused))) {}

Bus::~Bus() {
    stop({}, {}, 1s);
}

void Bus::subscribe(const std::string& filter, QoS qos, Retained retained) {
    const std::lock_guard sending(impl_->sending_lock);
    impl_->filters.emplace_back(filter, qos, retained);
    if (impl_->open) {
        impl_->open->subscribe(filter, qos, retained);
    }
}

void Bus::start() {
    // The thread has its own share: stuck in name resolution, it is left behind.
    thread_ = std::thread([impl = impl_] { impl->work(); });
}

bool Bus::stop(const std::string& last_topic, const std::string& last_payload,
               std::chrono::milliseconds limit) {
    if (!thread_.joinable()) {
        return true;
    }
    const auto until = Steady::now() + limit;
    std::unique_lock lock(impl_->state_lock);
    impl_->last_topic = last_topic;
    impl_->last_payload = last_payload;
    impl_->farewell_until = Steady::now() + limit / 2;
    impl_->stopping = true;
    impl_->changed.notify_all();
    const bool ended = impl_->changed.wait_until(lock, until, [this] { return impl_->ended; });
    lock.unlock();
    if (ended) {
        thread_.join();
    } else {
        thread_.detach();
    }
    const std::lock_guard callbacks(impl_->callbacks_lock);
    impl_->silent = true;
    return ended;
}

bool Bus::connected() const {
    const std::lock_guard lock(impl_->state_lock);
    return impl_->phase == Impl::Phase::up;
}

void Bus::publish_raw(const std::string& topic, const std::string& payload, bool retained, QoS qos,
                      bool keep) {
    impl_->publish(topic, payload, retained, qos, keep);
}

void Bus::resume() {
    const std::lock_guard lock(impl_->state_lock);
    impl_->held = false;
    impl_->changed.notify_all();
}

std::uint64_t Bus::dropped() const {
    const std::lock_guard lock(impl_->state_lock);
    return impl_->outbox.dropped();
}

}  // namespace sunherd::bus
