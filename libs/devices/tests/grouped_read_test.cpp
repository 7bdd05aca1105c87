#include "devices/grouped_read.hpp"

#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sunherd;
using namespace sunherd::devices;
using namespace sunherd::modbus::test;

namespace {

std::vector<modbus::Block> blocks(std::initializer_list<int> addresses) {
    std::vector<modbus::Block> result;
    for (const int address : addresses) {
        result.push_back({modbus::Table::input, static_cast<std::uint16_t>(address), 1});
    }
    return result;
}

struct Fixture {
    RegisterMemory memory;
    ScriptedServer server{std::ref(memory)};
    modbus::ReadConnection connection{{.host = "127.0.0.1", .port = server.port()}};
    GroupedRead grouped{blocks({0, 1, 2, 3, 4, 5, 6, 7})};

    Fixture() { memory.set(0, std::vector<std::uint16_t>{10, 11, 12, 13, 14, 15, 16, 17}); }
    /// How many requests one poll takes.
    std::size_t requests_of_poll() {
        const auto before = server.requests().size();
        static_cast<void>(grouped.read(connection));
        return server.requests().size() - before;
    }
};

}  // namespace

TEST_CASE("what stands together is read in one request") {
    Fixture f;
    const auto registers = f.grouped.read(f.connection);
    REQUIRE(registers);
    CHECK(registers->at(7, 1).front() == 17);
    CHECK(registers->at(7, 2).empty());
    CHECK(f.server.requests().size() == 1);
}

TEST_CASE("one register that the device doesn't know costs the others nothing, and is not asked again") {
    Fixture f;
    f.memory.refuse(5);
    const auto registers = f.grouped.read(f.connection);
    REQUIRE(registers);
    CHECK(registers->at(5, 1).empty());
    for (const std::uint16_t known : std::vector<std::uint16_t>{0, 4, 6, 7}) {
        REQUIRE(registers->at(known, 1).size() == 1);
        CHECK(registers->at(known, 1).front() == 10 + known);
    }
    const auto later = f.requests_of_poll();
    CHECK(later <= 3);
    const auto asked = f.server.requests();
    CHECK(std::none_of(
        asked.end() - static_cast<std::ptrdiff_t>(later), asked.end(),
        [](const Bytes& request) { return request.at(9) <= 5 && request.at(9) + request.at(11) > 5; }));
}

TEST_CASE("after reset everything is asked again") {
    Fixture f;
    f.memory.refuse(5);
    REQUIRE(f.grouped.read(f.connection));
    f.grouped.reset();
    CHECK(f.requests_of_poll() > 3);
}

TEST_CASE("a device that takes single registers only is read one by one") {
    Fixture f;
    f.memory.limit_request(1);
    const auto registers = f.grouped.read(f.connection);
    REQUIRE(registers);
    CHECK(registers->at(7, 1).front() == 17);
    CHECK(f.requests_of_poll() == 8);
}

TEST_CASE("a device that refuses everything gets one request per poll, and all again once it answers") {
    Fixture f;
    for (std::uint16_t address = 0; address < 8; ++address) {
        f.memory.refuse(address);
    }
    CHECK(f.requests_of_poll() <= 15);
    for (int poll = 0; poll < 3; ++poll) {
        f.grouped.reset();
        const auto before = f.server.requests().size();
        const auto refused = f.grouped.read(f.connection);
        CHECK(f.server.requests().size() - before == 1);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().exception == 2);
    }
    f.memory = {};
    f.memory.set(0, std::vector<std::uint16_t>{10, 11, 12, 13, 14, 15, 16, 17});
    const auto registers = f.grouped.read(f.connection);
    REQUIRE(registers);
    CHECK(registers->at(0, 8).size() == 8);
}

TEST_CASE("other exceptions cost only their own request, and are asked again") {
    int busy_answers = 1;
    RegisterMemory memory;
    memory.set(0, std::vector<std::uint16_t>(200, 7));
    ScriptedServer server([&](const Bytes& request) {
        return request.at(9) == 0 && busy_answers-- > 0 ? Reply{.bytes = answer_exception(request, 6)}
                                                        : memory(request);
    });
    modbus::ReadConnection connection({.host = "127.0.0.1", .port = server.port()});
    GroupedRead grouped(blocks({0, 100}));
    const auto first = grouped.read(connection);
    REQUIRE(first);
    CHECK(first->at(0, 1).empty());
    CHECK(first->at(100, 1).size() == 1);
    CHECK(grouped.read(connection)->at(0, 1).size() == 1);
}
