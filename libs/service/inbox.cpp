#include "service/inbox.hpp"

#include <utility>

namespace sunherd::service {
namespace {

std::size_t size_of(const Inbox::Item& item) {
    return item.raw.topic.size() + item.raw.payload.size();
}

}  // namespace

bool Inbox::push(Item item) {
    const std::lock_guard lock(mutex_);
    const bool state = item.topic && topics::is_retained(item.topic->kind);
    bytes_ += size_of(item);
    if (const auto older = newest_.find(item.raw.topic); state && older != newest_.end()) {
        bytes_ -= size_of(*older->second);
        *older->second = std::move(item);
    } else {
        waiting_.push_back(std::move(item));
        if (state) {
            newest_.emplace(waiting_.back().raw.topic, std::prev(waiting_.end()));
        }
    }
    while (waiting_.size() > kMaxMessages || bytes_ > kMaxBytes) {
        remove(waiting_.begin());
        ++dropped_;
    }
    return !std::exchange(fetching_, true);
}

std::optional<Inbox::Item> Inbox::pop() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
        fetching_ = false;
        return std::nullopt;
    }
    std::optional<Item> item = waiting_.front();
    remove(waiting_.begin());
    return item;
}

std::uint64_t Inbox::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

void Inbox::remove(Waiting::iterator item) {
    bytes_ -= size_of(*item);
    if (const auto newest = newest_.find(item->raw.topic);
        newest != newest_.end() && newest->second == item) {
        newest_.erase(newest);
    }
    waiting_.erase(item);
}

}  // namespace sunherd::service
