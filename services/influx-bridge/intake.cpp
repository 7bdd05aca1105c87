#include "intake.hpp"

#include "spool/record.hpp"

#include <utility>

namespace sunherd::influx {

using Steady = std::chrono::steady_clock;

std::optional<Record> parse_record(std::string_view record) {
    const auto end = record.find('\0');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return Record{.topic = record.substr(0, end), .payload = record.substr(end + 1)};
}

Intake::Intake(spool::Spool& spool, std::chrono::milliseconds sync_after, Events events)
    : spool_(spool),
      sync_after_(sync_after),
      events_(std::move(events)),
      thread_([this] { keep_synced(); }) {}

Intake::~Intake() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool Intake::take(const bus::Incoming& message) {
    record_.assign(message.topic);
    record_ += '\0';
    record_ += message.payload;
    const auto waiting = spool_.append(record_);
    if (!waiting) {
        events_.refused(waiting.error());
        return false;
    }
    if (!unsynced_.exchange(true)) {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }
    const auto before = *waiting - std::min<std::uint64_t>(*waiting, record_.size() + spool::kHeadBytes);
    if (before == 0 || (before < kBatchBytes && *waiting >= kBatchBytes)) {
        events_.arrived();
    }
    auto now = Steady::now();
    if (naps_.due(now, events_.more_waits)) {
        std::this_thread::sleep_for(Naps::kNap);
        now = Steady::now();
    }
    naps_.went_back(now);
    return true;
}

/// From the first record that is not synced it takes `sync_after` and what the disk needs.
void Intake::keep_synced() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait(lock, [this] { return stopping_ || unsynced_; });
        changed_.wait_for(lock, sync_after_, [this] { return stopping_; });
        unsynced_ = false;
        lock.unlock();
        if (auto synced = spool_.sync(); !synced) {
            events_.not_synced(synced.error().text);
        }
        lock.lock();
    }
}

}  // namespace sunherd::influx
