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
            count_dropped(1);
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
        count_dropped(1);
    }
}

std::vector<Outgoing> Outbox::hand_out(std::size_t most) {
    std::vector<Outgoing> messages;
    for (const auto& [topic, last] : retained_) {
        if (!last.done && last.message.number > handed_out_) {
            messages.push_back(last.message);
            messages.back().repeated = last.message.number <= before_connect_;
        }
    }
    for (auto next = queue_.upper_bound(handed_out_); next != queue_.end(); ++next) {
        messages.push_back(next->second);
    }
    std::ranges::sort(messages, {}, &Outgoing::number);
    waiting_ = messages.size() > most;
    messages.resize(std::min(most, messages.size()));
    if (!messages.empty()) {
        handed_out_ = messages.back().number;
    }
    return messages;
}

void Outbox::reconnected(bool everything) {
    handed_out_ = 0;
    before_connect_ = last_number_;
    waiting_ = true;
    if (everything) {
        for (auto& [topic, last] : retained_) {
            last.done = false;
        }
    }
}

}  // namespace sunherd::bus
