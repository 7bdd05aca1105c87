#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace sunherd::testing {

/// Publishes numbered meter readings at QoS 1, as fast as a socket takes them or at a rate, and knows when
/// the broker has them all. A broker that restarts gets again what it did not acknowledge.
///
/// Message n of 1 … N goes to `sunherd/test/building/meter/m{n % 20}`, with 13 fields and `seq` n; its `time`
/// is `kFirstTimeMs + n` ms, so each point of a series has its own.
class NumberedLoad {
  public:
    static constexpr int kTopics = 20;
    static constexpr std::int64_t kFirstTimeMs = 1'780'000'000'000;

    explicit NumberedLoad(std::uint16_t broker_port);
    ~NumberedLoad();
    NumberedLoad(const NumberedLoad&) = delete;
    NumberedLoad& operator=(const NumberedLoad&) = delete;

    /// The next `count` messages; returns when the broker has acknowledged all. per_second 0: flat out.
    void publish(std::uint64_t count, double per_second = 0);
    /// How many the broker has acknowledged. These two from any thread.
    std::uint64_t published() const;
    void await_published(std::uint64_t count);

  private:
    void connect();
    bool try_connect();
    bool send_some(std::uint64_t allowed);
    bool take_acknowledgements(int wait_ms);
    void append_message(std::uint64_t number);

    std::uint16_t port_;
    int socket_ = -1;
    std::uint64_t sent_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::uint64_t acknowledged_ = 0;
    std::string out_;
    std::string in_;
};

}  // namespace sunherd::testing
