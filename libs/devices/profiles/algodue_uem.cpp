#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// Algodue UEM and UPM with Ethernet module (also Gossen Metrawatt U180C; base of the Etrel Load Guard), input
// registers. Source: OEM register map in a public U180C reader, openWB's algodue module; reference page
// algodue-uem.
//
// Real-time values are read as floats; energies from the integer counters, for a float counter loses
// resolution above 16.7 MWh. The counters have no sign, so the meter's sign representation (0x051D) doesn't
// matter to them. Left out: power factors, apparent and reactive values, phase-to-phase voltages, tariff and
// partial counters.
namespace sunherd::devices {

namespace {

using modbus::Type;

std::vector<Point> points() {
    using enum Quantity;
    return {
        {.address = 0x1000, .type = Type::f32, .quantity = voltage_l1_v},
        {.address = 0x1002, .type = Type::f32, .quantity = voltage_l2_v},
        {.address = 0x1004, .type = Type::f32, .quantity = voltage_l3_v},
        {.address = 0x100E, .type = Type::f32, .quantity = current_l1_a},
        {.address = 0x1010, .type = Type::f32, .quantity = current_l2_a},
        {.address = 0x1012, .type = Type::f32, .quantity = current_l3_a},
        {.address = 0x1020, .type = Type::f32, .quantity = power_l1_w},
        {.address = 0x1022, .type = Type::f32, .quantity = power_l2_w},
        {.address = 0x1024, .type = Type::f32, .quantity = power_l3_w},
        {.address = 0x1026, .type = Type::f32, .quantity = power_w},
        {.address = 0x1038, .type = Type::f32, .quantity = frequency_hz},
        {.address = 0x0109, .type = Type::u48, .scale = 0.1, .quantity = imported_wh},
        {.address = 0x0115, .type = Type::u48, .scale = 0.1, .quantity = exported_wh},
    };
}

/// 104 is version 1.04.
std::string decimal_version(std::span<const std::uint16_t> words) {
    const unsigned version = words.front();
    const std::string minor = std::to_string(version % 100);
    return std::to_string(version / 100) + (minor.size() < 2 ? ".0" : ".") + minor;
}

std::string model_name(std::span<const std::uint16_t> words) {
    switch (words.front()) {
        case 0x03:
            return "6 A, 3 phases, 4 wires";
        case 0x06:
            return "6 A, 3 phases, 3 wires";
        case 0x08:
            return "80 A, 3 phases, 4 wires";
        case 0x0A:
            return "80 A, 3 phases, 3 wires";
        case 0x0C:
            return "80 A, 1 phase";
        case 0x10:
            return "40 A, 1 phase";
        case 0x12:
            return "63 A, 3 phases, 4 wires";
        default:
            return {};
    }
}

void finish(Reading& reading) {
    sign_currents(reading.values);
}

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return make_table_reader(
        {.table = modbus::Table::input,
         .points = points(),
         .fields = {{.address = 0x0500, .count = 5, .to = &Identity::serial},
                    {.address = 0x0505, .count = 1, .decode = model_name, .to = &Identity::model},
                    {.address = 0x0507, .count = 1, .decode = decimal_version, .to = &Identity::firmware}},
         .known = {.vendor = "Algodue", .model = "UEM"},
         .finish = finish},
        connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    return {{
        .what = "exporting 1.5 kW",
        .table = modbus::Table::input,
        .memory = {{0x1000, {0x4366, 0x0000, 0x4366, 0x0000, 0x4366, 0x0000}},
                   {0x100E, {0x40DB, 0x3333, 0, 0, 0, 0}},
                   {0x1020, {0xC4BB, 0x8000, 0x42CA, 0x0000, 0, 0, 0xC4BB, 0x8000}},
                   {0x1038, {0x4247, 0xE148}},
                   {0x0109, {0x0000, 0x0001, 0x86A0}},
                   {0x0115, {0x0000, 0x0000, 0x000A}},
                   {0x0500, {0x3132, 0x3334, 0x3536, 0, 0, 0x08, 0, 104}}},
        .values = {{voltage_l1_v, 230},
                   {current_l1_a, -6.85},
                   {power_l1_w, -1500},
                   {power_l2_w, 101},
                   {power_w, -1500},
                   {frequency_hz, 49.97},
                   {imported_wh, 10000},
                   {exported_wh, 1}},
        .identity = {"Algodue", "80 A, 3 phases, 4 wires", "123456", "1.04"},
    }};
}

}  // namespace

std::vector<Profile> algodue_uem_profiles() {
    return {{{"algodue-uem", Class::meter, "Algodue UEM / UPM with Ethernet module; Gossen Metrawatt U180C"},
             make,
             proofs}};
}

}  // namespace sunherd::devices
