#include "devices/profile.hpp"
#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

#include <set>

// Each profile carries worked examples below its table: here their registers are played, byte by byte, to its
// reader.

using namespace sunherd;
using namespace sunherd::devices;
using modbus::test::RegisterMemory;
using modbus::test::ScriptedServer;

namespace {

RegisterMemory memory_of(const Proof& proof) {
    RegisterMemory memory;
    for (const auto& piece : proof.memory) {
        memory.set(piece.address, piece.words);
    }
    return memory;
}

modbus::Endpoint endpoint(const ScriptedServer& server) {
    return {.host = "127.0.0.1", .port = server.port(), .unit = 1};
}

void check_value(const Values& values, const Proof::Expected& expected) {
    INFO("quantity " << static_cast<int>(expected.quantity));
    const auto& value = values[expected.quantity];
    REQUIRE(value.has_value() == expected.value.has_value());
    if (value) {
        CHECK(*value == Approx(*expected.value).epsilon(1e-4).margin(1e-9));
    }
}

}  // namespace

TEST_CASE("each device's reader makes of its worked examples what they say") {
    for (const auto& profile : all_profiles()) {
        const auto proofs = profile.proofs();
        INFO(profile.info.name);
        CHECK_FALSE(proofs.empty());
        for (const auto& proof : proofs) {
            INFO(proof.what);
            RegisterMemory memory = memory_of(proof);
            ScriptedServer server(std::ref(memory));
            modbus::ReadConnection connection(endpoint(server));
            const auto reader = make_reader(profile.info.name, connection);
            REQUIRE(reader);
            CHECK(reader->identify().value() == proof.identity);
            const auto reading = reader->read();
            REQUIRE(reading);
            for (const auto& expected : proof.values) {
                check_value(reading->values, expected);
            }
            CHECK(reading->implausible == proof.implausible);
            for (const auto& request : server.requests()) {
                CHECK(request.at(7) == static_cast<int>(proof.table));
            }
        }
    }
}

TEST_CASE("profiles have names of their own, and an unknown one has no reader") {
    std::set<std::string_view> names;
    for (const auto& profile : profiles()) {
        CHECK(names.insert(profile.name).second);
        CHECK_FALSE(profile.about.empty());
    }
    for (const auto* name :
         {"etrel-inch", "etrel-load-guard", "sunspec-inverter", "sunspec-meter", "algodue-uem",
          "eastron-sdm630", "carlo-gavazzi-em24", "carlo-gavazzi-em24-rs485", "varta"}) {
        CHECK(names.count(name) == 1);
    }
    modbus::ReadConnection nowhere({.host = "127.0.0.1", .port = 9});
    CHECK(make_reader("toaster", nowhere) == nullptr);
}
