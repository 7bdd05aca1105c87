#include "live.hpp"

#include "topics/text.hpp"

namespace sunherd::api {

bool topic_fits(std::string_view filter, std::string_view topic) {
    while (!filter.empty() && !topic.empty()) {
        if (filter == "#") {
            return true;
        }
        const auto wanted = topics::next_level(filter);
        const auto level = topics::next_level(topic);
        if (wanted != "+" && wanted != level) {
            return false;
        }
    }
    return topic.empty() && (filter.empty() || filter == "#");
}

void Live::take(const topics::Parsed& parsed, std::string topic, std::string payload) {
    const auto key = std::pair(parsed.kind, parsed.id);
    const bool state = topics::is_retained(parsed.kind);
    if (state && !topics_.contains(key) && topics_.size() >= kMostTopics) {
        return;
    }
    ++messages_;
    auto message = std::make_shared<LiveMessage>();
    message->kind = parsed.kind;
    message->id = parsed.id;
    message->text = "{\"topic\":\"" + topic + "\",\"message\":" + payload + "}";
    message->topic = std::move(topic);
    message->payload = std::move(payload);
    message->state = state;
    const LivePtr told = std::move(message);
    if (state) {
        topics_.insert_or_assign(key, told);
    }
    for (const auto& [handle, listener] : listeners_) {
        listener(told);
    }
}

std::uint64_t Live::listen(Listener listener) {
    listeners_.emplace(++last_handle_, std::move(listener));
    return last_handle_;
}

const std::string* Live::payload(topics::Kind kind, const std::string& id) const {
    const auto found = topics_.find({kind, id});
    return found == topics_.end() ? nullptr : &found->second->payload;
}

std::vector<LivePtr> Live::of(topics::Kind kind) const {
    std::vector<LivePtr> all;
    for (auto at = topics_.lower_bound({kind, {}}); at != topics_.end() && at->first.first == kind; ++at) {
        all.push_back(at->second);
    }
    return all;
}

}  // namespace sunherd::api
