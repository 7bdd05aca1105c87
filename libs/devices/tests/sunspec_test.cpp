#include "devices/sunspec.hpp"

#include "devices/tests/fixture.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::devices;
using devices::test::DeviceFixture;
using sunspec::Model;

namespace {

/// A chain of models whose contents are 0.
void set_chain(DeviceFixture& f, std::uint16_t base, const std::vector<std::pair<int, int>>& models) {
    f.set(base, {0x5375, 0x6E53});
    int address = base + 2;
    for (const auto& [id, length] : models) {
        f.set(static_cast<std::uint16_t>(address),
              {static_cast<std::uint16_t>(id), static_cast<std::uint16_t>(length)});
        address += 2 + length;
    }
    f.set(static_cast<std::uint16_t>(address), {0xFFFF, 0});
}

}  // namespace

TEST_CASE("the chain of models is found at 40000, 50000 or 0") {
    const auto base = static_cast<std::uint16_t>(GENERATE(40000, 50000, 0));
    DeviceFixture f("sunspec-inverter");
    set_chain(f, base, {{1, 66}, {103, 50}, {999, 7}});
    const auto chain = sunspec::discover(f.connection);
    REQUIRE(chain);
    const auto at = [&](int offset) { return static_cast<std::uint16_t>(base + offset); };
    CHECK(*chain == std::vector<Model>{{1, at(2), 66, 0}, {103, at(70), 50, 0}, {999, at(122), 7, 0}});
}

TEST_CASE("each further model 1 opens a sub-device") {
    DeviceFixture f("sunspec-meter");
    set_chain(f, 40000, {{1, 65}, {103, 50}, {1, 65}, {203, 105}});
    const auto chain = sunspec::discover(f.connection).value();
    REQUIRE(chain.size() == 4);
    CHECK(chain[1].sub_device == 0);
    CHECK(chain[2].sub_device == 1);
    CHECK(chain[3].sub_device == 1);
}

TEST_CASE("a chain without end, with an id 0 or of absurd length is left off") {
    DeviceFixture f("sunspec-inverter");
    SECTION("endless") {
        std::vector<std::pair<int, int>> models(200, {700, 3});
        set_chain(f, 40000, models);
        CHECK(sunspec::discover(f.connection).value().size() == 60);
    }
    SECTION("id 0") {
        set_chain(f, 40000, {{1, 66}, {0, 10}, {103, 50}});
        CHECK(sunspec::discover(f.connection).value().size() == 1);
    }
    SECTION("absurd length") {
        set_chain(f, 40000, {{1, 66}, {103, 5000}});
        CHECK(sunspec::discover(f.connection).value().size() == 1);
    }
    SECTION("nothing behind the last model") {
        f.set(40000, {0x5375, 0x6E53, 1, 66});
        f.set(40069, {0});
        CHECK(sunspec::discover(f.connection).value().size() == 1);
    }
}

TEST_CASE("a model that announces a wrong length is stepped over by the defined one") {
    DeviceFixture f("sunspec-inverter");
    set_chain(f, 40000, {{1, 66}, {103, 50}, {160, 28}});
    f.set(40071, {48});
    const auto chain = sunspec::discover(f.connection).value();
    REQUIRE(chain.size() == 3);
    CHECK(chain[2].id == 160);
}

TEST_CASE("a device without SunSpec says what to look at") {
    DeviceFixture f("sunspec-inverter");
    f.set(40000, {1, 2, 3});
    const auto reading = f.reader->read();
    REQUIRE_FALSE(reading);
    CHECK(reading.error().text.find("is SunSpec enabled") != std::string::npos);
}

TEST_CASE("models that moved are found anew") {
    DeviceFixture f("sunspec-inverter");
    set_chain(f, 40000, {{1, 66}, {103, 50}});
    f.set(40070 + 38, {4});
    REQUIRE(f.reader->read());
    set_chain(f, 40000, {{1, 65}, {103, 50}});
    f.set(40069 + 38, {7});
    CHECK_FALSE(f.reader->read());
    const auto reading = f.reader->read();
    REQUIRE(reading);
    CHECK(reading->inverter_state == topics::InverterState::fault);
}

TEST_CASE("a poll reads each value together with its scale factor, in one request per model") {
    DeviceFixture f("sunspec-inverter");
    set_chain(f, 40000, {{1, 66}, {103, 50}, {160, 48}});
    f.set(40122, {160, 48, 0xFFFE, 0xFFFF, 0, 0, 0, 0, 2, 0});
    f.set(40122 + 10 + 9, {512, 6800, 3500});
    f.set(40122 + 30 + 9, {0xFFFF, 0xFFFF, 0xFFFF});
    REQUIRE(f.reader->identify());
    const auto before = f.request_count();
    const auto reading = f.reader->read().value();
    CHECK(f.request_count() - before == 2);
    REQUIRE(reading.pv_inputs.size() == 2);
    CHECK(reading.pv_inputs[0].current_a.value() == Approx(5.12));
    CHECK(reading.pv_inputs[0].voltage_v.value() == Approx(680));
    CHECK(reading.pv_inputs[0].power_w == 3500);
    CHECK_FALSE(reading.pv_inputs[1].power_w);
}

TEST_CASE("a hybrid whose PV inputs aren't known has no known PV power") {
    DeviceFixture f("sunspec-inverter");
    set_chain(f, 40000, {{1, 66}, {103, 50}, {160, 88}, {124, 24}});
    f.set(40004, {0x4672, 0x6F6E, 0x6975, 0x7300});
    f.set(40070 + 14, {5000, 0});
    f.set(40122 + 8, {4});
    f.set(40122 + 10 + 11, {1200});
    f.set(40122 + 30 + 11, {0xFFFF});
    const auto reading = f.reader->read().value();
    CHECK_FALSE(reading.values[Quantity::power_w]);
    CHECK(reading.pv_inputs.size() == 2);
}

TEST_CASE("states of inverters") {
    CHECK(sunspec_inverter_state(1) == topics::InverterState::off);
    CHECK(sunspec_inverter_state(8) == topics::InverterState::standby);
    CHECK_FALSE(sunspec_inverter_state(0));
    CHECK_FALSE(sunspec_inverter_state(400));
}
