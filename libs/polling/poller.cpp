#include "polling/poller.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace sunherd::polling {

namespace {
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{5000};

milliseconds pause_after(int failures) {
    return std::min(kLongestPause, kFirstPause * (1 << std::clamp(failures - 1, 0, 4)));
}
}  // namespace

class Poller::Line {
  public:
    Line(const modbus::Endpoint& endpoint, const service::Clock& clock, std::atomic<std::uint64_t>& missed)
        : connection_(endpoint), clock_(clock), missed_(missed), schedule_(clock.now()), thread_([this] {
              run();
          }) {}
    ~Line() {
        interrupt();
        thread_.join();
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    void add(Task task, milliseconds offset) {
        {
            const std::lock_guard lock(mutex_);
            // The grid begins at the line's start, a later task's first point is in the past: not missed,
            // just new.
            const auto entry = schedule_.add(task.period, offset, task.urgent);
            schedule_.postpone(entry, clock_.now());
            tasks_.push_back({std::move(task), 0});
        }
        wake_.notify_one();
    }

    void interrupt() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        connection_.interrupt();
        wake_.notify_one();
    }

  private:
    struct Running {
        Task task;
        int failures = 0;
    };

    void run() {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            if (const auto due = schedule_.take(clock_.now())) {
                missed_ += due->missed;
                work(tasks_[due->entry], due->entry, lock);
            } else if (const auto next = schedule_.next()) {
                wake_.wait_until(lock, *next);
            } else {
                wake_.wait(lock);
            }
        }
    }

    void work(Running& running, Schedule::Entry entry, std::unique_lock<std::mutex>& lock) {
        lock.unlock();
        connection_.select_unit(running.task.unit);
        const bool worked = running.task.work(connection_);
        lock.lock();
        running.failures = worked ? 0 : running.failures + 1;
        if (!worked && tasks_.size() > 1) {
            schedule_.postpone(entry, clock_.now() + pause_after(running.failures));
        }
    }

    modbus::ReadConnection connection_;
    const service::Clock& clock_;
    std::atomic<std::uint64_t>& missed_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    Schedule schedule_;
    std::deque<Running> tasks_;  // a deque: its elements stay where they are while `work` runs unlocked
    std::thread thread_;
};

Poller::Poller(const service::Clock& clock) : clock_(clock) {}

Poller::~Poller() {
    stop();
}

void Poller::add(const modbus::Endpoint& endpoint, Task task) {
    auto& line = lines_[{endpoint.host, endpoint.port}];
    if (!line) {
        line = std::make_unique<Line>(endpoint, clock_, missed_);
    }
    const auto offset = spread(added_++, std::max(task.period, kShortestPeriod));
    line->add(std::move(task), offset);
}

void Poller::drop(const std::string& host, std::uint16_t port) {
    lines_.erase({host, port});
}

void Poller::stop() {
    for (auto& [address, line] : lines_) {
        line->interrupt();
    }
    lines_.clear();
}

}  // namespace sunherd::polling
