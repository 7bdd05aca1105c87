#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sunherd::service {

/// Waits for SIGINT and SIGTERM on its own thread, and sees to it that the process ends in time after one,
/// whatever hangs. To be made before any other thread: they inherit its signal mask.
class Stopper {
  public:
    /// From the signal to the end of this object; later it ends the process with exit code 1.
    static constexpr std::chrono::milliseconds kLimit{1900};

    /// on_signal: called once, on the stopper's thread.
    explicit Stopper(std::function<void(int signal)> on_signal);
    ~Stopper();
    Stopper(const Stopper&) = delete;
    Stopper& operator=(const Stopper&) = delete;

  private:
    void wait();

    std::function<void(int)> on_signal_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;
    std::thread thread_;
};

}  // namespace sunherd::service
