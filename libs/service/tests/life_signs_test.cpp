#include "service/life_signs.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>

using namespace std::chrono_literals;
using namespace sunherd::service;

namespace {

std::filesystem::path unused_file(const char* name) {
    return std::filesystem::temp_directory_path() / ("sunherd-" + std::to_string(getpid()) + name);
}

}  // namespace

TEST_CASE("the supervisor gets its datagram") {
    const auto path = unused_file("notify").string();
    const int supervisor = socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, std::begin(address.sun_path));
    REQUIRE(bind(supervisor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_supervisor("READY=1");
    std::array<char, 64> got{};
    CHECK(recv(supervisor, got.data(), got.size(), MSG_DONTWAIT) == 7);
    CHECK(std::string(got.data()) == "READY=1");
    unsetenv("NOTIFY_SOCKET");
    close(supervisor);
    std::filesystem::remove(path);
}

TEST_CASE("--health tells a fresh heartbeat from an old one, a missing one and none at all") {
    unsetenv("SUNHERD_HEARTBEAT");
    CHECK_FALSE(heartbeat_file());
    CHECK(health_exit_code() == 1);

    const auto file = unused_file("heartbeat");
    setenv("SUNHERD_HEARTBEAT", file.c_str(), 1);
    CHECK(health_exit_code() == 1);
    touch(*heartbeat_file());
    CHECK(health_exit_code() == 0);
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - 6s);
    CHECK(health_exit_code() == 1);
    touch(file);
    CHECK(health_exit_code() == 0);
    unsetenv("SUNHERD_HEARTBEAT");
    std::filesystem::remove(file);
}
