#include "intake.hpp"

#include "spool/record.hpp"

#include <utility>

namespace sunherd::influx {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kAlone = 200us;
constexpr auto kNap = 30ms;
constexpr int kMany = 100;
constexpr auto kAwake = 1s;

}  // namespace

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

/// A message for which the bus's thread had to wait is followed by a nap, so that the next ones come
/// together: at 1,000 a second, waking up for each costs more than all else. Where so many come that the
/// broker would have to wait for our acknowledgements (max_inflight_messages), there is none for a while.
void Intake::gather() {
    auto now = Steady::now();
    ++in_a_row_;
    if (now - returned_ > kAlone) {
        awake_until_ = in_a_row_ > kMany ? now + kAwake : awake_until_;
        in_a_row_ = 0;
        if (now >= awake_until_) {
            std::this_thread::sleep_for(kNap);
            now = Steady::now();
        }
    }
    returned_ = now;
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
    gather();
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
