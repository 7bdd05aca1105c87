#pragma once

#include "devices/device.hpp"
#include "modbus/tests/scripted_server.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace sunherd::devices::test {

/// A reader of a device whose registers the test sets.
struct DeviceFixture {
    modbus::test::RegisterMemory memory;
    modbus::test::ScriptedServer server{std::ref(memory)};
    modbus::ReadConnection connection{{.host = "127.0.0.1", .port = server.port(), .unit = 1}};
    std::unique_ptr<Reader> reader;

    explicit DeviceFixture(std::string_view profile, const ReaderOptions& options = {})
        : reader(make_reader(profile, connection, options)) {}

    void set(std::uint16_t address, const std::vector<std::uint16_t>& words) { memory.set(address, words); }
    std::size_t request_count() const { return server.requests().size(); }
};

}  // namespace sunherd::devices::test
