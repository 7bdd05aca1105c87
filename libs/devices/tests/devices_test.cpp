#include "devices/plausible.hpp"
#include "devices/tests/fixture.hpp"
#include "modbus/registers.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

using namespace sunherd;
using namespace sunherd::devices;
using devices::test::DeviceFixture;
using modbus::Type;

namespace {

constexpr auto kHigh = modbus::WordOrder::high_first;

std::vector<std::uint16_t> f32(double value) {
    return modbus::encode(Type::f32, kHigh, value);
}

}  // namespace

TEST_CASE("values that can't be true are refused, nothing on a wire is nothing") {
    CHECK(judge(Quantity::voltage_l1_v, 230) == Verdict::good);
    CHECK(judge(Quantity::voltage_l2_v, 0) == Verdict::absent);
    CHECK(judge(Quantity::voltage_l3_v, 700) == Verdict::implausible);
    CHECK(judge(Quantity::voltage_l3_v, -230) == Verdict::implausible);
    CHECK(judge(Quantity::frequency_hz, 0) == Verdict::absent);
    CHECK(judge(Quantity::frequency_hz, 500) == Verdict::implausible);
    CHECK(judge(Quantity::power_w, 1e9) == Verdict::implausible);
    CHECK(judge(Quantity::power_w, -1e6) == Verdict::good);
    CHECK(judge(Quantity::current_l1_a, -1001) == Verdict::implausible);
    CHECK(judge(Quantity::soc_pct, 255) == Verdict::implausible);
    CHECK(judge(Quantity::soc_pct, 0) == Verdict::good);
    CHECK(judge(Quantity::imported_wh, -1) == Verdict::implausible);
}

TEST_CASE("the fingerprint follows measured values only") {
    DeviceFixture f("etrel-inch");
    f.set(0, std::vector<std::uint16_t>(48, 0));
    f.set(8, f32(230));
    const auto first = f.reader->read().value().fingerprint;
    CHECK(f.reader->read().value().fingerprint == first);
    f.set(32, {0, 0, 0, 99});
    CHECK(f.reader->read().value().fingerprint == first);
    f.set(8, f32(230.1));
    CHECK(f.reader->read().value().fingerprint != first);
}

TEST_CASE("each connector of a Duo is read at its own registers") {
    DeviceFixture first("etrel-inch", {.connector = 1});
    DeviceFixture second("etrel-inch", {.connector = 2});
    for (auto* f : {&first, &second}) {
        f->set(0, {4, 1});
        f->set(14, f32(10));
        f->set(100, {3, 0});
        f->set(114, f32(0));
        f->set(1028, f32(32));
        f->set(1128, f32(16));
        f->set(1020, {0, 2});
        REQUIRE(f->reader->identify());
    }
    CHECK(first.reader->read()->evse_state == topics::Iec61851::C);
    CHECK(first.reader->read()->values[Quantity::current_l1_a] == 10);
    CHECK(first.reader->read()->values[Quantity::installed_max_current_a] == 32);
    const auto reading = second.reader->read().value();
    CHECK(reading.evse_state == topics::Iec61851::B);
    CHECK(reading.status == "WaitingForVehicleToStart");
    CHECK(reading.values[Quantity::current_l1_a] == 0);
    CHECK(reading.values[Quantity::installed_max_current_a] == 16);
    CHECK(reading.values[Quantity::connector_count] == 2);
}

TEST_CASE("an Etrel poll is one request") {
    DeviceFixture f("etrel-inch");
    f.set(0, std::vector<std::uint16_t>(48, 0));
    REQUIRE(f.reader->read());
    CHECK(f.request_count() == 1);
}

TEST_CASE("an EVSE whose state can't be read has not been read") {
    DeviceFixture f("etrel-inch");
    f.set(0, std::vector<std::uint16_t>(48, 0));
    f.set(0, {0xFFFF});
    const auto reading = f.reader->read();
    REQUIRE_FALSE(reading);
    CHECK(reading.error().kind == modbus::ErrorKind::garbage);
}

TEST_CASE("firmware that never counts a session leaves it unknown while the car charges") {
    DeviceFixture f("etrel-inch");
    f.set(0, std::vector<std::uint16_t>(48, 0));
    CHECK(f.reader->read()->values[Quantity::session_energy_wh] == 0);
    f.set(0, {4});
    CHECK_FALSE(f.reader->read()->values[Quantity::session_energy_wh]);
    CHECK_FALSE(f.reader->read()->values[Quantity::session_duration_s]);
    f.set(32, {0, 0, 0, 1});
    CHECK(f.reader->read()->values[Quantity::session_duration_s] == 1);
}

TEST_CASE("Etrel's numbers in words") {
    using topics::Iec61851;
    CHECK(etrel_iec61851(1) == Iec61851::A);
    CHECK(etrel_iec61851(6) == Iec61851::B);
    CHECK(etrel_iec61851(4) == Iec61851::C);
    CHECK(etrel_iec61851(8) == Iec61851::E);
    CHECK(etrel_iec61851(10) == Iec61851::F);
    CHECK(etrel_iec61851(17) == Iec61851::E);
    CHECK(etrel_iec61851(-1) == Iec61851::E);
    CHECK(etrel_status_word(5) == "PausedByEv");
    CHECK(etrel_phase_count(0) == 3);
    CHECK(etrel_phase_count(2) == 1);
    CHECK(etrel_phase_count(5) == 2);
    CHECK_FALSE(etrel_phase_count(4));
}

TEST_CASE("a Load Guard that isn't installed costs one small request per poll until it is") {
    DeviceFixture f("etrel-load-guard");
    f.set(2000, std::vector<std::uint16_t>(26, 0));
    f.set(3000, {0});
    CHECK(f.reader->read()->values[Quantity::load_guard_installed] == 0);
    CHECK(f.request_count() == 1);
    f.set(3000, {1});
    f.set(2000, {1});
    f.set(2022, f32(1.5));
    CHECK(f.reader->read()->values[Quantity::power_w].value() == Approx(1500));
    const auto before = f.request_count();
    CHECK(f.reader->read()->values[Quantity::load_guard_installed] == 1);
    CHECK(f.request_count() == before + 1);
}

TEST_CASE(
    "an EVSE that isn't the master has no Load Guard registers, and isn't asked for each of them again") {
    DeviceFixture f("etrel-load-guard");
    f.set(0, std::vector<std::uint16_t>(48, 0));
    CHECK_FALSE(f.reader->read());
    const auto before = f.request_count();
    const auto reading = f.reader->read();
    REQUIRE_FALSE(reading);
    CHECK(reading.error().exception == 2);
    CHECK(f.request_count() - before <= 2);
}

TEST_CASE("a VARTA that refuses blocks is read register by register") {
    DeviceFixture f("varta");
    f.set(1065, {2, 1500, 0, 73, 0x86A0, 0x0001, 650, 0});
    f.set(1074, {0xF060});
    f.memory.limit_request(2);
    const auto reading = f.reader->read().value();
    CHECK(reading.values[Quantity::power_w] == -1500);
    CHECK(reading.values[Quantity::charged_wh] == 100000);
    CHECK(reading.values[Quantity::max_discharge_w] == 4000);
    CHECK(reading.battery_state == topics::BatteryState::charging);
    CHECK_FALSE(varta_battery_state(7));
}

TEST_CASE("random registers never crash a reader, nor give what can't be true") {
    std::mt19937 random(815);  // NOLINT: the same registers in each run
    for (const auto& profile : profiles()) {
        for (int round = 0; round < 20; ++round) {
            INFO(profile.name);
            DeviceFixture f(profile.name);
            std::vector<std::uint16_t> words(700);
            for (const int address : {0, 900, 2000, 3000, 4000, 40000}) {
                for (auto& word : words) {
                    word = static_cast<std::uint16_t>(random());
                }
                f.set(static_cast<std::uint16_t>(address), words);
            }
            f.set(40000, {0x5375, 0x6E53, static_cast<std::uint16_t>(round % 2 == 0 ? 103 : 203), 105});
            static_cast<void>(f.reader->identify());
            const auto reading = f.reader->read();
            for (int q = 0; reading && q < static_cast<int>(Quantity::count_); ++q) {
                const auto quantity = static_cast<Quantity>(q);
                if (const auto& value = reading->values[quantity]) {
                    REQUIRE(judge(quantity, std::abs(*value)) == Verdict::good);
                }
            }
        }
    }
}
