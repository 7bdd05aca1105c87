#pragma once

#include "modbus/write_connection.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sunherd::actuator {

/// One thread and one connection for one device's write port, so that a slow device never delays another.
class EndpointWriter {
  public:
    using Job = std::function<void(modbus::WriteConnection&)>;

    explicit EndpointWriter(modbus::Endpoint endpoint);
    /// Interrupts what is under way; jobs that wait are dropped.
    ~EndpointWriter();
    EndpointWriter(const EndpointWriter&) = delete;
    EndpointWriter& operator=(const EndpointWriter&) = delete;

    /// From any thread. Jobs run in order on the writer's thread.
    void post(Job job);
    /// Waits until all jobs are done; false where that took longer than until then.
    bool drain(std::chrono::steady_clock::time_point until);

  private:
    void run();

    modbus::WriteConnection connection_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool busy_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sunherd::actuator
