#include "support/recorder.hpp"

#include "support/broker.hpp"

#include <unistd.h>

#include <atomic>

namespace sunherd::testing {
namespace {

bus::Options options_for(const TestBroker& broker, std::optional<std::string> user,
                         std::optional<std::string> password) {
    static std::atomic<int> number = 0;
    return {.host = "127.0.0.1",
            .port = broker.port(),
            .client_id = "recorder-" + std::to_string(getpid()) + '-' + std::to_string(++number),
            .user = std::move(user),
            .password = std::move(password),
            .clean_session = true};
}

}  // namespace

// The broker sends its own `$SYS` topics only to those who ask for them, so `#` is what the product says. The
// probe is our own message: when it is back, the subscription stands.
constexpr auto kProbe = "recorder/probe";

Recorder::Recorder(const TestBroker& broker, std::optional<std::string> user,
                   std::optional<std::string> password, const std::vector<std::string>& filters)
    : bus_(
          options_for(broker, std::move(user), std::move(password)),
          [this](bus::Incoming incoming) {
              const std::lock_guard lock(mutex_);
              if (incoming.topic == kProbe) {
                  proven_ = true;
              } else {
                  seen_.push_back(std::move(incoming));
              }
              more_.notify_all();
              return true;
          },
          [this](const bus::ConnectionChange& change) {
              const std::lock_guard lock(mutex_);
              trouble_ = change.text;
          },
          [this](const std::string& topic, const std::string& why) {
              const std::lock_guard lock(mutex_);
              trouble_ = topic + ": " + why;
          }) {
    for (const auto& filter : filters) {
        bus_.subscribe(filter, bus::QoS::at_least_once);
    }
    bus_.subscribe(kProbe, bus::QoS::at_least_once);
    bus_.publish_raw(kProbe, "?", false, bus::QoS::at_least_once, true);
    bus_.start();
    std::unique_lock lock(mutex_);
    if (!more_.wait_for(lock, kDeadline, [this] { return proven_; })) {
        throw std::runtime_error("recorder: no subscription in time; last: " + trouble_);
    }
}

Recorder::~Recorder() {
    bus_.stop({}, {}, std::chrono::seconds{2});
}

bus::Incoming Recorder::await(const std::string& topic, const Predicate& predicate,
                              std::chrono::milliseconds deadline) const {
    const auto until = std::chrono::steady_clock::now() + deadline;
    std::unique_lock lock(mutex_);
    std::string others;
    for (auto next = forgotten_;; ++next) {
        if (!more_.wait_until(lock, until, [&] { return seen_.size() > next; })) {
            throw std::runtime_error("no such message on " + topic +
                                     " in time; there came: " + (others.empty() ? "nothing" : others));
        }
        auto candidate = seen_[next];
        if (candidate.topic == topic) {
            if (predicate(candidate)) {
                return candidate;
            }
            others = candidate.payload;
        }
    }
}

bus::Incoming Recorder::await(const std::string& topic, std::chrono::milliseconds deadline) const {
    return await(
        topic, [](const bus::Incoming&) { return true; }, deadline);
}

void Recorder::publish(const std::string& topic, const std::string& payload, bool retained) {
    bus_.publish_raw(topic, payload, retained, bus::QoS::at_least_once, true);
}

void Recorder::forget() {
    const std::lock_guard lock(mutex_);
    forgotten_ = seen_.size();
}

std::vector<bus::Incoming> Recorder::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

}  // namespace sunherd::testing
