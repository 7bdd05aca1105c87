#pragma once

#include "service/service.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

/// A frame without broker, threads or real time: somebody delivers messages, lets time pass and sees what is
/// published. For replays and tests.
namespace sunherd::service {

class VirtualClock final : public Clock {
  public:
    Steady::time_point now() const override { return now_; }
    topics::Timestamp utc() const override { return utc_; }

    void pass(std::chrono::milliseconds time) {
        now_ += time;
        utc_ += time;
    }
    void set_utc(topics::Timestamp utc) { utc_ = utc; }

  private:
    Steady::time_point now_{std::chrono::hours(100)};
    topics::Timestamp utc_ = *topics::parse_rfc3339("2026-06-21T10:00:00Z");
};

/// Timers by the fake clock; posted work runs at once.
class VirtualLoop final : public Loop {
  public:
    explicit VirtualLoop(VirtualClock& clock) : clock_(clock) {}

    void post(std::function<void()> work) override { work(); }
    std::uint64_t at(Steady::time_point when, std::function<void()> work) override {
        timers_[++last_] = {when, std::chrono::milliseconds(0), std::move(work)};
        return last_;
    }
    std::uint64_t after(std::chrono::milliseconds delay, std::function<void()> work) override {
        return at(clock_.now() + delay, std::move(work));
    }
    std::uint64_t every(std::chrono::milliseconds period, std::function<void()> work) override {
        timers_[++last_] = {clock_.now() + period, period, std::move(work)};
        return last_;
    }
    void cancel(std::uint64_t timer) override { timers_.erase(timer); }

    /// Lets time pass and runs what falls due, in order.
    void pass(std::chrono::milliseconds time) {
        const auto end = clock_.now() + time;
        for (auto next = first_due(end); next != timers_.end(); next = first_due(end)) {
            advance_to(next->second.when);
            const auto work = next->second.work;
            if (next->second.period.count() > 0) {
                next->second.when += next->second.period;
            } else {
                timers_.erase(next);
            }
            work();
        }
        advance_to(end);
    }

  private:
    struct Timer {
        Steady::time_point when{};
        std::chrono::milliseconds period{};
        std::function<void()> work;
    };
    using Timers = std::map<std::uint64_t, Timer>;

    Timers::iterator first_due(Steady::time_point end) {
        const auto first = std::min_element(
            timers_.begin(), timers_.end(),
            [](const auto& one, const auto& other) { return one.second.when < other.second.when; });
        return first != timers_.end() && first->second.when <= end ? first : timers_.end();
    }
    void advance_to(Steady::time_point when) {
        if (when > clock_.now()) {
            clock_.pass(std::chrono::ceil<std::chrono::milliseconds>(when - clock_.now()));
        }
    }

    VirtualClock& clock_;
    Timers timers_;
    std::uint64_t last_ = 0;
};

class VirtualContext final : public Context {
  public:
    struct Published {
        std::string topic;
        std::string payload;
        bool retained = false;
    };
    struct Event {
        topics::Severity severity;
        std::string code;
        std::string text;
    };

    VirtualContext(site::Site site, std::filesystem::path state_dir)
        : site_(std::move(site)), names_("sunherd", site_.id), state_dir_(std::move(state_dir)) {}

    const std::string& service() const override { return service_; }
    const site::Site& site() const override { return site_; }
    const topics::Names& names() const override { return names_; }
    const Clock& clock() const override { return virtual_clock; }
    Loop& loop() override { return virtual_loop; }
    Status& status() override { return status_; }
    std::filesystem::path state_dir() const override { return state_dir_; }
    bool connected() const override { return true; }
    using Context::on;
    void on(topics::Kind kind, Handler<std::string> handler, bus::QoS) override {
        handlers_[kind].push_back(std::move(handler));
    }
    void on_foreign(const std::vector<std::string>&, Foreign handler) override {
        foreign_ = std::move(handler);
    }
    void take_all(const std::vector<std::string>&, Take) override {}
    void take_again() override {}
    void event(topics::Severity severity, std::string_view code, const std::string& text,
               std::optional<std::string>) override {
        events.push_back({severity, std::string(code), text});
    }
    void publish_raw(const std::string& topic, const std::string& payload, bool retained, bool) override {
        published.push_back({topic, payload, retained});
    }
    std::uint64_t next_seq(const std::string& topic) override { return ++seq_[topic]; }
    void bad_message(const std::string&, const std::string&) override { ++bad_messages; }

    void deliver(const bus::Incoming& incoming) {
        const auto parsed = names_.parse(incoming.topic);
        if (!parsed && foreign_) {
            foreign_(incoming);
            return;
        }
        if (!parsed) {
            throw std::invalid_argument("no topic of ours: " + incoming.topic);
        }
        for (const auto& handler : handlers_[parsed->kind]) {
            handler(*parsed, incoming.payload, incoming);
        }
    }
    void deliver(const std::string& topic, const std::string& payload, bool retained = false) {
        deliver({topic, payload, retained, virtual_clock.now()});
    }
    template <class M>
    void deliver(const topics::Topic<M>& topic, M message, bool retained = false) {
        if constexpr (requires { message.time; }) {
            if (message.time == topics::Timestamp{}) {
                message.time = virtual_clock.utc();
            }
        }
        deliver(topic.name, topics::encode(message), retained);
    }
    void pass(std::chrono::milliseconds time) { virtual_loop.pass(time); }

    /// All published on a topic since the last `forget`.
    template <class M>
    std::vector<M> all(const topics::Topic<M>& topic) const {
        std::vector<M> messages;
        for (const auto& each : published) {
            if (each.topic == topic.name) {
                messages.push_back(topics::decode<M>(each.payload).value());
            }
        }
        return messages;
    }
    template <class M>
    M last(const topics::Topic<M>& topic) const {
        const auto messages = all(topic);
        if (messages.empty()) {
            throw std::runtime_error("nothing was published on " + topic.name);
        }
        return messages.back();
    }
    void forget() {
        published.clear();
        events.clear();
    }
    bool has_event(std::string_view code) const {
        return std::any_of(events.begin(), events.end(),
                           [code](const Event& each) { return each.code == code; });
    }

    std::vector<Published> published;
    std::vector<Event> events;
    int bad_messages = 0;
    VirtualClock virtual_clock;
    VirtualLoop virtual_loop{virtual_clock};

  private:
    std::string service_ = "virtual";
    site::Site site_;
    topics::Names names_;
    std::filesystem::path state_dir_;
    Status status_;
    std::map<topics::Kind, std::vector<Handler<std::string>>> handlers_;
    Foreign foreign_;
    std::map<std::string, std::uint64_t> seq_;
};

}  // namespace sunherd::service
