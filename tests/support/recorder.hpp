#pragma once

#include "bus/bus.hpp"
#include "support/process.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sunherd::testing {

class TestBroker;

/// Sees everything on a broker (or what `filters` say) and holds it; a test waits for messages instead of
/// sleeping. `await` looks at what came since the last `forget`, also before the call, and throws at the
/// deadline, saying what came instead.
class Recorder {
  public:
    using Predicate = std::function<bool(const bus::Incoming&)>;

    /// Back when it is connected and its subscription to everything stands. An account where the broker wants
    /// one.
    explicit Recorder(const TestBroker& broker, std::optional<std::string> user = std::nullopt,
                      std::optional<std::string> password = std::nullopt,
                      const std::vector<std::string>& filters = {"#"});
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    bus::Incoming await(const std::string& topic, const Predicate& predicate,
                        std::chrono::milliseconds deadline = kDeadline) const;
    bus::Incoming await(const std::string& topic, std::chrono::milliseconds deadline = kDeadline) const;

    /// The same for a message of the contract; one that does not decode is passed over.
    template <class M>
    M await(const topics::Topic<M>& topic, const std::function<bool(const M&)>& predicate,
            std::chrono::milliseconds deadline = kDeadline) const {
        const auto incoming = await(
            topic.name,
            [&](const bus::Incoming& candidate) {
                const auto message = topics::decode<M>(candidate.payload);
                return message && predicate(*message);
            },
            deadline);
        return *topics::decode<M>(incoming.payload);
    }

    void publish(const std::string& topic, const std::string& payload, bool retained = false);
    template <class M>
    void publish(const topics::Topic<M>& topic, const M& message) {
        publish(topic.name, topics::encode(message), topic.retained);
    }

    /// `await` begins anew; `seen` keeps all.
    void forget();
    std::vector<bus::Incoming> seen() const;

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable more_;
    std::vector<bus::Incoming> seen_;
    std::size_t forgotten_ = 0;
    std::string trouble_;
    bool proven_ = false;
    bus::Bus bus_;
};

}  // namespace sunherd::testing
