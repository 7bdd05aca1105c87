#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sunherd::testing {

constexpr std::chrono::seconds kDeadline{20};

/// A program that a test runs: killed (-9) and reaped at the end, or when the test program itself dies.
class Process {
  public:
    /// arguments[0] is the program (found by PATH where it has no slash); `environment` is added to ours, an
    /// empty value unsets. Throws std::runtime_error if it can't be started.
    explicit Process(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    bool running();
    void signal(int number);
    /// Exit code, or minus the signal that ended it; absent if it still runs at the deadline.
    std::optional<int> wait_exit(std::chrono::milliseconds deadline = kDeadline);
    /// What it has written to stdout and stderr so far; all of it once `wait_exit` has told of its end.
    std::string output() const;
    /// Whether its output comes to contain `text` in time.
    bool await_output(const std::string& text, std::chrono::milliseconds deadline = kDeadline) const;

  private:
    void read_output(int descriptor);

    pid_t pid_ = -1;
    int pid_descriptor_ = -1;
    std::optional<int> exit_;
    mutable std::mutex mutex_;
    mutable std::condition_variable more_;
    std::string output_;
    bool all_read_ = false;
    std::thread reader_;
};

}  // namespace sunherd::testing
