#include "service/service.hpp"

namespace sunherd::service {

using topics::DeviceHealth;
using topics::Health;

void Status::device_ok(const std::string& id) {
    auto next = devices_[id];
    ++next.polls;
    next.health = Health::ok;
    next.error.reset();
    failures_in_a_row_.erase(id);
    set(id, std::move(next));
}

void Status::device_failed(const std::string& id, bool silent, const std::string& why) {
    auto next = devices_[id];
    ++next.polls;
    ++next.errors;
    const bool one_lost_poll = next.health == Health::ok && ++failures_in_a_row_[id] < kFailuresToBelieve;
    if (!one_lost_poll) {
        next.health = silent ? Health::silent : Health::faulty;
        next.error = why;
    }
    set(id, std::move(next));
}

void Status::device_gone(const std::string& id) {
    devices_.erase(id);
    failures_in_a_row_.erase(id);
    ++changes_;
}

void Status::count(std::string_view counter, std::uint64_t by) {
    counters_[std::string(counter)] += by;
}

void Status::set_count(std::string_view counter, std::uint64_t value) {
    counters_[std::string(counter)] = value;
}

void Status::set(const std::string& id, DeviceHealth next) {
    const auto before = std::exchange(devices_[id], next);
    if (before.health == next.health) {
        return;
    }
    ++changes_;
    if (on_health) {
        on_health(id, before, next);
    }
}

}  // namespace sunherd::service
