#include "modbus/write_connection.hpp"

#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::modbus;
using namespace sunherd::modbus::test;
using namespace std::chrono_literals;
using Words = std::vector<std::uint16_t>;

namespace {
Endpoint endpoint(const ScriptedServer& server) {
    return {.host = "127.0.0.1", .port = server.port(), .unit = 1};
}
}  // namespace

TEST_CASE("registers are written by function 16, also a single one, and by function 6 where asked") {
    RegisterMemory memory;
    ScriptedServer server(std::ref(memory));
    WriteConnection connection(endpoint(server));
    REQUIRE(connection.write(8, Words{0x4112, 0xCA40}));
    REQUIRE(connection.write(1004, Words{1}));
    REQUIRE(connection.write_single(1074, 0xF060));
    CHECK(memory.at(8) == 0x4112);
    CHECK(memory.at(9) == 0xCA40);
    CHECK(memory.at(1004) == 1);
    CHECK(memory.at(1074) == 0xF060);
    CHECK(server.requests().at(1).at(7) == 16);
    CHECK(server.requests().at(2).at(7) == 6);
}

TEST_CASE("a write that the device refuses says so, with its exception") {
    ScriptedServer server([](const Bytes& request) { return Reply{.bytes = answer_exception(request, 12)}; });
    WriteConnection connection(endpoint(server));
    const auto written = connection.write(8, Words{0x4248, 0});
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::exception);
    CHECK(written.error().exception == 12);
}

TEST_CASE("a write whose reply is lost or about something else is not done for certain") {
    Reply reply;
    SECTION("cut after the request") {
        reply.then = Reply::Then::reset;
    }
    SECTION("echo of another address") {
        reply.bytes = {0, 1, 0, 0, 0, 6, 1, 16, 0, 9, 0, 2};
    }
    ScriptedServer server([&](const Bytes&) { return reply; });
    WriteConnection connection(endpoint(server));
    CHECK_FALSE(connection.write(8, Words{0, 0}));
}
