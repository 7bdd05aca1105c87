#include "endpoint_writer.hpp"

#include <utility>

namespace sunherd::actuator {

EndpointWriter::EndpointWriter(modbus::Endpoint endpoint)
    : connection_(std::move(endpoint)), thread_([this] { run(); }) {}

EndpointWriter::~EndpointWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    connection_.interrupt();
    changed_.notify_all();
    thread_.join();
}

void EndpointWriter::post(Job job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
}

bool EndpointWriter::drain(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return jobs_.empty() && !busy_; });
}

void EndpointWriter::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) {
            return;
        }
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
        lock.unlock();
        job(connection_);
        lock.lock();
        busy_ = false;
        changed_.notify_all();
    }
}

}  // namespace sunherd::actuator
