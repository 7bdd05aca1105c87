#pragma once

#include "topics/names.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::api {

/// One message as clients get it: `{"topic":"…","message":{…}}`.
struct LiveMessage {
    topics::Kind kind{};
    std::string id;       ///< of what the topic names
    std::string topic;    ///< below the site
    std::string payload;  ///< JSON
    std::string text;     ///< both
    bool state = false;   ///< the newest of its topic counts; else (events) each one
};
using LivePtr = std::shared_ptr<const LiveMessage>;

/// Filters as MQTT has them, with `+` and `#`.
bool topic_fits(std::string_view filter, std::string_view topic);

/// The newest message of each state topic, and who wants to hear of new ones. One thread's.
class Live {
  public:
    /// Topics that are remembered at most.
    static constexpr std::size_t kMostTopics = 2000;

    using Listener = std::function<void(const LivePtr&)>;

    void take(const topics::Parsed& parsed, std::string topic, std::string payload);
    /// Until it is forgotten; gives a handle for `forget`.
    std::uint64_t listen(Listener listener);
    void forget(std::uint64_t handle) { listeners_.erase(handle); }

    /// The payload of a state topic; nullptr where none has come.
    const std::string* payload(topics::Kind kind, const std::string& id = {}) const;
    /// Of all state topics of a kind, in order.
    std::vector<LivePtr> of(topics::Kind kind) const;
    using Topics = std::map<std::pair<topics::Kind, std::string>, LivePtr>;
    const Topics& topics() const { return topics_; }
    std::uint64_t messages() const { return messages_; }

  private:
    Topics topics_;
    std::map<std::uint64_t, Listener> listeners_;
    std::uint64_t last_handle_ = 0;
    std::uint64_t messages_ = 0;
};

}  // namespace sunherd::api
