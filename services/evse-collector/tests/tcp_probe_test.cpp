#include "tcp_probe.hpp"

#include "evse_collector.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace sunherd;
using namespace std::chrono_literals;

TEST_CASE("an address range includes both ends and is bounded") {
    CHECK(ipv4_range("192.168.1.254", "192.168.2.1") ==
          std::vector<std::string>{"192.168.1.254", "192.168.1.255", "192.168.2.0", "192.168.2.1"});
    CHECK(ipv4_range("10.0.0.1", "10.0.0.1").size() == 1);
    CHECK(ipv4_range("10.0.0.0", "10.255.255.255").size() == 256);
    CHECK(ipv4_range("255.255.255.255", "255.255.255.255").size() == 1);
    CHECK(ipv4_range("10.0.0.2", "10.0.0.1").empty());
    CHECK(ipv4_range("garage.local", "10.0.0.1").empty());
}

TEST_CASE("who listens, who refuses and who can't be found are told apart") {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(fd, 1) == 0);
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);

    // The listener is bound to 127.0.0.1 alone, so its port is free on 127.0.0.2.
    const auto states =
        probe_tcp({"127.0.0.1", "127.0.0.2", "no-such-host.invalid"}, ntohs(address.sin_port), 2s);
    REQUIRE(states.size() == 3);
    CHECK(states[0] == TcpState::open);
    CHECK(states[1] == TcpState::refused);
    CHECK(states[2] == TcpState::silent);
    ::close(fd);
}

TEST_CASE("names are resolved to the address that a range would list") {
    CHECK(resolve_ipv4("127.0.0.2") == "127.0.0.2");
    CHECK_FALSE(resolve_ipv4("no-such-host.invalid"));
}

TEST_CASE("a found EVSE gets an id that fits into a topic") {
    FoundEvse found{"192.168.1.7", {}, 2};
    found.identity.serial = "PC-1Z3/BY.18#+";
    CHECK(id_of_found(found, 1) == "etrel-pc-1z3-by-18--");
    CHECK(id_of_found(found, 2) == "etrel-pc-1z3-by-18---2");
}
