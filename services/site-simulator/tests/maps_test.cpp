#include "devices/meters.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::simulator;

/// Raw registers against the worked examples of the reference pages.

namespace {

MeterTruth truth(double total_w) {
    MeterTruth truth;
    truth.power_w = {101, total_w - 101, 0};
    truth.current_a = {3.58, -0.721, 0};
    truth.voltage_v = {230, 239.87, 237.54};
    truth.frequency_hz = 49.97;
    truth.imported_wh = 10000;
    truth.exported_wh = 10000000;
    return truth;
}

Registers filled(void (*fill)(Registers&, const MeterTruth&), double total_w) {
    Registers registers;
    fill(registers, truth(total_w));
    return registers;
}

Words roof(Rig& rig, int address, int count) {
    return rig.read("127.0.7.10", kReadHolding, address, count).value();
}

}  // namespace

TEST_CASE("Eastron SDM630") {
    CHECK(filled(fill_sdm630, 6000).words(0x34, 2) == Words{0x45BB, 0x8000});
    CHECK(filled(fill_sdm630, -200).words(0x34, 2) == Words{0xC348, 0x0000});
    CHECK(filled(fill_sdm630, 6000).words(0x46, 2) == Words{0x4247, 0xE148});
    CHECK(filled(fill_sdm630, 6000).words(0x00, 4) == Words{0x4366, 0x0000, 0x436F, 0xDEB8});
    CHECK(filled(fill_sdm630, 6000).words(0x48, 2) == Words{0x4120, 0x0000});  // 10 kWh
    CHECK_FALSE(filled(fill_sdm630, 0).read(0x4A, 4));
}

TEST_CASE("Carlo Gavazzi EM24 by Ethernet and by RS-485") {
    const auto ethernet = filled(fill_em24_ethernet, -1500);
    CHECK(ethernet.words(0x28, 2) == Words{0xC568, 0xFFFF});
    CHECK(filled(fill_em24_ethernet, 1500).words(0x28, 2) == Words{0x3A98, 0x0000});
    CHECK(ethernet.words(0x00, 2) == Words{0x08FC, 0x0000});
    CHECK(ethernet.words(0x0C, 2) == Words{0x0DFC, 0x0000});
    CHECK(ethernet.words(0x4E, 2) == Words{0x86A0, 0x0001});  // 10000.0 kWh
    CHECK(ethernet.words(0x33, 1) == Words{500});
    const auto serial = filled(fill_em24_rs485, -1500);
    CHECK(serial.words(0x28, 2) == Words{0xC568, 0xFFFF});
    CHECK(serial.words(0x5C, 2) == Words{0x86A0, 0x0001});
    CHECK(serial.words(0x37, 1) == Words{500});
}

TEST_CASE("Algodue UEM, floats and integers with a sign bit") {
    CHECK(filled(fill_algodue_uem, 1500).words(0x1026, 2) == Words{0x44BB, 0x8000});
    CHECK(filled(fill_algodue_uem, -1500).words(0x1026, 2) == Words{0xC4BB, 0x8000});
    CHECK(filled(fill_algodue_uem, 0).words(0x1000, 2) == Words{0x4366, 0x0000});
    CHECK(filled(fill_algodue_uem, 0).words(0x1038, 2) == Words{0x4247, 0xE148});
    CHECK(filled(fill_algodue_uem, 0).words(0x1020, 2) == Words{0x42CA, 0x0000});
    CHECK(filled(fill_algodue_uem, -1500).words(0x25, 3) == Words{0x8000, 0x0016, 0xE360});
    CHECK(filled(fill_algodue_uem, 1500).words(0x25, 3) == Words{0x0000, 0x0016, 0xE360});
    CHECK(filled(fill_algodue_uem, 0).words(0x109, 3) == Words{0x0000, 0x0001, 0x86A0});
    CHECK(filled(fill_algodue_uem, 0).words(0x00, 2) == Words{0x0003, 0x8270});
    CHECK(filled(fill_algodue_uem, 0).read(0x1000, 60));
    CHECK(filled(fill_algodue_uem, 0).read(0x1100, 80));
}

TEST_CASE("SunSpec: marker, chain of models, end") {
    Rig rig(small_site());
    CHECK(roof(rig, 40000, 2) == Words{21365, 28243});
    CHECK(roof(rig, 40002, 2) == Words{1, 65});
    CHECK(roof(rig, 40069, 2) == Words{103, 50});
    CHECK(roof(rig, 40121, 2) == Words{160, 48});
    CHECK(roof(rig, 40171, 2) == Words{0xFFFF, 0});
    CHECK(roof(rig, 40107, 1) == Words{2});       // sleeping: no sun
    CHECK(roof(rig, 40102, 1) == Words{0x8000});  // cabinet temperature is not implemented
}

TEST_CASE("SunSpec: nothing beyond the chain, and holding registers only") {
    Rig rig(small_site());
    CHECK(rig.read("127.0.7.10", kReadHolding, 40172, 2).error() == kIllegalAddress);
    CHECK(rig.read("127.0.7.10", kReadHolding, 50000, 2).error() == kIllegalAddress);
    CHECK(rig.read("127.0.7.10", kReadInput, 40000, 2).error() == kIllegalFunction);
}

TEST_CASE("SunSpec inverter: power with its scale factor, or as a float") {
    const house::Demand sun{{0, 0, 0}, 6588};
    Rig integers(small_site(), {}, sun);
    CHECK(integers.read("127.0.7.10", kReadHolding, 40083, 2).value() == Words{6588, 0});
    CHECK(integers.read("127.0.7.10", kReadHolding, 40107, 1).value() == Words{4});
    SiteSettings settings;
    settings.sunspec = SunSpecNumbers::floats;
    Rig floats(small_site(), settings, sun);
    CHECK(floats.read("127.0.7.10", kReadHolding, 40069, 2).value() == Words{113, 60});
    CHECK(floats.read("127.0.7.10", kReadHolding, 40091, 2).value() == Words{0x45CD, 0xE000});
}

TEST_CASE("SunSpec meter") {
    Registers registers = filled(fill_sunspec_meter, -2000);
    CHECK(registers.words(40069, 2) == Words{203, 105});
    CHECK(registers.words(40087, 1) == Words{0xF830});
    CHECK(registers.words(40091, 1) == Words{0});
    CHECK(registers.words(40107, 2) == Words{0x0098, 0x9680});  // 10 MWh exported
    CHECK(registers.words(40176, 2) == Words{0xFFFF, 0});
}

TEST_CASE("VARTA: signs, characters, gaps") {
    Rig rig(small_site(), {}, {{5000, 0, 0}, 0});
    rig.run(20);
    const auto state = rig.read("127.0.7.11", kReadHolding, 1065, 2).value();
    CHECK(state[0] == 3);
    CHECK(static_cast<std::int16_t>(state[1]) == Approx(-2000).margin(15));
    CHECK(rig.read("127.0.7.11", kReadHolding, 1071, 1).value() == Words{0x028A});
    CHECK(rig.read("127.0.7.11", kReadHolding, 1054, 7).value() == Words{'S', 'I', 'M', '1', '0', '0', '0'});
    CHECK(rig.read("127.0.7.11", kReadHolding, 1072, 3).error() == kIllegalAddress);
}

TEST_CASE("VARTA: a discharge limit holds for two minutes") {
    Rig rig(small_site(), {}, {{5000, 0, 0}, 0});
    rig.run(20);
    const Request hold{1, 255, kWriteSingle, 1074, 1, {static_cast<std::uint16_t>(-500)}};
    REQUIRE(rig.ask("127.0.7.11", Port::first, hold));
    rig.run(10);
    CHECK(rig.read("127.0.7.11", kReadHolding, 1074, 1).value() == Words{static_cast<std::uint16_t>(-500)});
    CHECK(rig.sim().state().battery_w <= 500);
    rig.run(121);
    CHECK(rig.read("127.0.7.11", kReadHolding, 1074, 1).value() == Words{0xF830});
    CHECK(rig.ask("127.0.7.11", Port::first, {1, 255, kWriteSingle, 1074, 1, {500}}).error() ==
          kIllegalValue);
    CHECK(rig.ask("127.0.7.11", Port::first, {1, 255, kWriteSingle, 1066, 1, {500}}).error() ==
          kIllegalAddress);
}
