#include "devices/writer.hpp"
#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace sunherd;
using namespace sunherd::devices;
using namespace sunherd::modbus::test;

namespace {

struct Fixture {
    RegisterMemory memory;
    ScriptedServer server{std::ref(memory)};
    modbus::WriteConnection connection{{.host = "127.0.0.1", .port = server.port()}};
};

}  // namespace

TEST_CASE("Etrel's setpoint is a float of amperes, at its connector's register") {
    Fixture f;
    const auto [connector, address] = GENERATE(std::pair{1, 8}, std::pair{2, 108});
    const auto writer = make_evse_writer("etrel-inch", f.connection, connector);
    REQUIRE(writer->write_current(6.6));
    CHECK(f.memory.at(static_cast<std::uint16_t>(address)) == 0x40D3);
    CHECK(f.memory.at(static_cast<std::uint16_t>(address + 1)) == 0x3333);
    REQUIRE(writer->write_current(0));
    CHECK(f.memory.at(static_cast<std::uint16_t>(address)) == 0);
    REQUIRE(writer->restart());
    CHECK(f.memory.at(1004) == 1);
    REQUIRE(writer->stop());
    CHECK(f.memory.at(static_cast<std::uint16_t>(address - 7)) == 1);
    for (const auto& request : f.server.requests()) {
        CHECK(request.at(7) == 16);
    }
}

TEST_CASE("a current that is none is never written") {
    Fixture f;
    const auto writer = make_evse_writer("etrel-inch", f.connection, 1);
    for (const double current_a :
         {-1.0, 81.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        CHECK_FALSE(writer->write_current(current_a));
    }
    CHECK(f.server.requests().empty());
}

TEST_CASE("exception 12 says that the current is too high") {
    ScriptedServer server([](const Bytes& request) { return Reply{.bytes = answer_exception(request, 12)}; });
    modbus::WriteConnection connection({.host = "127.0.0.1", .port = server.port()});
    const auto written = make_evse_writer("etrel-inch", connection, 1)->write_current(32);
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == modbus::ErrorKind::exception);
    CHECK(written.error().exception == 12);
    CHECK(written.error().text.find("current too high") != std::string::npos);
}

TEST_CASE("VARTA's limit is a negative number of watts, written by function 6") {
    Fixture f;
    const auto writer = make_battery_writer("varta", f.connection);
    REQUIRE(writer->write_max_discharge(4000));
    CHECK(f.memory.at(1074) == 0xF060);
    REQUIRE(writer->write_max_discharge(0));
    CHECK(f.memory.at(1074) == 0);
    REQUIRE(writer->write_max_discharge(1e6));
    CHECK(f.memory.at(1074) == 0x8001);
    CHECK(f.server.requests().front().at(7) == 6);
    CHECK_FALSE(writer->write_max_discharge(-1));
    CHECK_FALSE(writer->write_max_discharge(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("only what can be written has a writer") {
    Fixture f;
    CHECK(make_evse_writer("varta", f.connection, 1) == nullptr);
    CHECK(make_battery_writer("etrel-inch", f.connection) == nullptr);
}
