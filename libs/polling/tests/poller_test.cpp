#include "polling/poller.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

using namespace sunherd;
using namespace std::chrono_literals;
using polling::Poller;
using polling::Task;

namespace {

/// Accepts connections (the kernel does) and never says a word.
class DumbDevice {
  public:
    DumbDevice() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(fd_, 8) == 0);
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~DumbDevice() { ::close(fd_); }
    DumbDevice(const DumbDevice&) = delete;
    DumbDevice& operator=(const DumbDevice&) = delete;
    modbus::Endpoint endpoint() const { return {"127.0.0.1", port_, 1, 2000ms, false}; }

  private:
    int fd_;
    std::uint16_t port_ = 0;
};

/// What the polls did, in order; awaited with a deadline.
class Diary {
  public:
    void note(char entry) {
        const std::lock_guard lock(mutex_);
        entries_ += entry;
        changed_.notify_all();
    }
    std::size_t count(char entry) const {
        return static_cast<std::size_t>(std::count(entries_.begin(), entries_.end(), entry));
    }
    bool await(char entry, std::size_t times) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return count(entry) >= times; });
    }
    std::string entries() {
        const std::lock_guard lock(mutex_);
        return entries_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string entries_;
};

Task noting(Diary& diary, char entry, polling::milliseconds period, bool worked = true) {
    return {1, period, false, [&diary, entry, worked](modbus::ReadConnection&) {
                diary.note(entry);
                return worked;
            }};
}

}  // namespace

TEST_CASE("devices behind one address take turns, one that is added later too") {
    Diary diary;
    DumbDevice device;
    Poller poller(service::system_clock());
    poller.add(device.endpoint(), noting(diary, 'a', 100ms));
    REQUIRE(diary.await('a', 2));
    poller.add(device.endpoint(), noting(diary, 'b', 100ms));
    CHECK(diary.await('b', 3));
    CHECK(diary.await('a', 5));
}

TEST_CASE("a unit that does not answer is asked less often than its neighbour on the same line") {
    Diary diary;
    DumbDevice device;
    Poller poller(service::system_clock());
    poller.add(device.endpoint(), noting(diary, 'a', 100ms));
    poller.add(device.endpoint(), noting(diary, 's', 100ms, false));
    REQUIRE(diary.await('a', 20));
    poller.stop();
    CHECK(diary.count('s') <= 5);
    CHECK(diary.count('s') >= 1);
}

TEST_CASE("a stop does not wait for devices that hang") {
    Diary diary;
    std::vector<DumbDevice> devices(20);
    Poller poller(service::system_clock());
    for (const auto& device : devices) {
        poller.add(device.endpoint(), {1, 100ms, false, [&diary](modbus::ReadConnection& connection) {
                                           diary.note('>');
                                           const bool worked =
                                               connection.read(modbus::Table::input, 0, 2).has_value();
                                           diary.note('<');
                                           return worked;
                                       }});
    }
    REQUIRE(diary.await('>', devices.size()));
    const auto begun = std::chrono::steady_clock::now();
    poller.stop();
    CHECK(std::chrono::steady_clock::now() - begun < 1s);
    CHECK(diary.count('<') == diary.count('>'));
}

TEST_CASE("nothing runs any more once an address is dropped") {
    Diary diary;
    DumbDevice device;
    Poller poller(service::system_clock());
    poller.add(device.endpoint(), noting(diary, 'a', 100ms));
    REQUIRE(diary.await('a', 2));
    poller.drop("127.0.0.1", device.endpoint().port);
    const auto polls = diary.entries().size();
    Diary other;
    poller.add(device.endpoint(), noting(other, 'b', 100ms));
    REQUIRE(other.await('b', 3));
    CHECK(diary.entries().size() == polls);
}
