#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// Carlo Gavazzi EM24: the Ethernet version (E1; EM330 and EM340 share its addresses), and the RS-485 version
// behind a gateway, which has frequency and energies elsewhere. Input registers, low word first. Source:
// mbmd's carlogavazzi-em24.go, -em24_e1.go and -ex3x0.go, openWB, OpenEMS; reference page grid-meters.
//
// Left out: power factors, energies per phase.
namespace sunherd::devices {

namespace {

using modbus::Type;
using modbus::WordOrder;

/// Some units give frequency in hundredths instead of tenths.
double tenths_or_hundredths(double hertz) {
    return hertz > 100 ? hertz / 10 : hertz;
}

Point scaled(std::uint16_t address, Quantity quantity, double scale) {
    return {.address = address,
            .type = Type::i32,
            .order = WordOrder::low_first,
            .scale = scale,
            .quantity = quantity};
}

std::vector<Point> points(std::uint16_t frequency, std::uint16_t imported, std::uint16_t exported) {
    using enum Quantity;
    return {
        scaled(0x00, voltage_l1_v, 0.1),
        scaled(0x02, voltage_l2_v, 0.1),
        scaled(0x04, voltage_l3_v, 0.1),
        scaled(0x0C, current_l1_a, 0.001),
        scaled(0x0E, current_l2_a, 0.001),
        scaled(0x10, current_l3_a, 0.001),
        scaled(0x12, power_l1_w, 0.1),
        scaled(0x14, power_l2_w, 0.1),
        scaled(0x16, power_l3_w, 0.1),
        scaled(0x28, power_w, 0.1),
        {.address = frequency,
         .type = Type::i16,
         .scale = 0.1,
         .quantity = frequency_hz,
         .repair = tenths_or_hundredths},
        scaled(imported, imported_wh, 100),
        scaled(exported, exported_wh, 100),
    };
}

/// The two versions are easily confused: where the frequency isn't one, the energies beside it aren't ours
/// either.
void finish(Reading& reading) {
    sign_currents(reading.values);
    if (!reading.values[Quantity::frequency_hz]) {
        reading.values[Quantity::imported_wh].reset();
        reading.values[Quantity::exported_wh].reset();
    }
}

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, std::vector<Point> points) {
    return make_table_reader({.table = modbus::Table::input,
                              .points = std::move(points),
                              .known = {.vendor = "Carlo Gavazzi",
                                        .model = "EM24",
                                        .serial = std::nullopt,
                                        .firmware = std::nullopt},
                              .finish = finish},
                             connection);
}

std::unique_ptr<Reader> make_ethernet(modbus::ReadConnection& connection, const ReaderOptions&) {
    return make(connection, points(0x33, 0x34, 0x4E));
}

std::unique_ptr<Reader> make_rs485(modbus::ReadConnection& connection, const ReaderOptions&) {
    return make(connection, points(0x37, 0x42, 0x5C));
}

const Identity em24{"Carlo Gavazzi", "EM24", std::nullopt, std::nullopt};

std::vector<Proof> ethernet_proofs() {
    using enum Quantity;
    return {{
        .what = "exporting 1.5 kW",
        .table = modbus::Table::input,
        .memory = {{0x00, {0x08FC, 0, 0x08FC, 0, 0x08FC, 0}},
                   {0x0C, {0x0DFC, 0, 0, 0, 0, 0}},
                   {0x12, {0xC568, 0xFFFF, 0, 0, 0, 0}},
                   {0x28, {0xC568, 0xFFFF}},
                   {0x33, {500, 0x86A0, 0x0001}},
                   {0x4E, {10, 0}}},
        .values = {{voltage_l1_v, 230},
                   {current_l1_a, -3.58},
                   {power_l1_w, -1500},
                   {power_w, -1500},
                   {frequency_hz, 50},
                   {imported_wh, 1e7},
                   {exported_wh, 1000}},
        .identity = em24,
    }};
}

std::vector<Proof> rs485_proofs() {
    using enum Quantity;
    return {
        {.what = "importing 1.5 kW, frequency in hundredths",
         .table = modbus::Table::input,
         .memory = {{0x28, {0x3A98, 0}}, {0x37, {4997}}, {0x42, {0x86A0, 0x0001}}, {0x5C, {10, 0}}},
         .values = {{power_w, 1500}, {frequency_hz, 49.97}, {imported_wh, 1e7}, {exported_wh, 1000}},
         .identity = em24},
        {.what = "an Ethernet version by mistake: energies aren't taken from the wrong place",
         .table = modbus::Table::input,
         .memory =
             {{0x28, {0x3A98, 0}}, {0x33, {500, 0x86A0, 0x0001}}, {0x40, {500, 0, 500, 0}}, {0x5C, {10, 0}}},
         .values = {{power_w, 1500},
                    {frequency_hz, std::nullopt},
                    {imported_wh, std::nullopt},
                    {exported_wh, std::nullopt}},
         .identity = em24},
    };
}

}  // namespace

std::vector<Profile> carlo_gavazzi_em24_profiles() {
    return {{{"carlo-gavazzi-em24", Class::meter, "Carlo Gavazzi EM24 Ethernet (E1), EM330, EM340"},
             make_ethernet,
             ethernet_proofs},
            {{"carlo-gavazzi-em24-rs485", Class::meter, "Carlo Gavazzi EM24 RS-485 behind a gateway"},
             make_rs485,
             rs485_proofs}};
}

}  // namespace sunherd::devices
