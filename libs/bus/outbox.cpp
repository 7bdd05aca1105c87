#include "bus/outbox.hpp"

#include <algorithm>

namespace sunherd::bus {

Outbox::Added Outbox::add(std::string topic, std::string payload, bool retained, QoS qos, bool keep) {
    Added added{.message = {.number = ++last_number_,
                            .topic = std::move(topic),
                            .payload = std::move(payload),
                            .retained = retained,
                            .qos = qos}};
    const Outgoing& message = added.message;
    if (retained && (retained_.contains(message.topic) || retained_.size() < kMaxRetainedTopics)) {
        retained_[message.topic] = Last{.message = message};
        added.remembered = true;
    } else if (keep) {
        queue_.emplace(message.number, message);
        if (queue_.size() > kMaxQueued) {
            queue_.erase(queue_.begin());
            count_dropped();
        }
        added.remembered = true;
    }
    return added;
}

void Outbox::done(const std::string& topic, std::uint64_t number) {
    queue_.erase(number);
    if (const auto last = retained_.find(topic);
        last != retained_.end() && last->second.message.number == number) {
        last->second.done = true;
    }
}

void Outbox::undelivered(const std::string& topic, std::uint64_t number) {
    if (!queue_.contains(number) && !retained_.contains(topic)) {
        count_dropped();
    }
}

std::vector<Outgoing> Outbox::unsent(bool everything) const {
    std::vector<Outgoing> messages;
    for (const auto& [topic, last] : retained_) {
        if (everything || !last.done) {
            messages.push_back(last.message);
        }
    }
    for (const auto& [number, message] : queue_) {
        messages.push_back(message);
    }
    std::ranges::sort(messages, {}, &Outgoing::number);
    return messages;
}

}  // namespace sunherd::bus
