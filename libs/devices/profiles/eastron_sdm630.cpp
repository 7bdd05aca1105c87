#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// Eastron SDM630 (the SDM72 and SDM54 share the addresses), behind a Modbus/TCP gateway, input registers.
// Source: mbmd's sdm.go (meters/rs485), openWB's sdm.py; reference page grid-meters.
//
// Left out: apparent and reactive power, power factors, energies per phase. Gateways mix up answers now and
// then: the limits of each quantity are what is left against that.
namespace sunherd::devices {

namespace {

using modbus::Type;

std::vector<Point> points() {
    using enum Quantity;
    return {
        {.address = 0x00, .type = Type::f32, .quantity = voltage_l1_v},
        {.address = 0x02, .type = Type::f32, .quantity = voltage_l2_v},
        {.address = 0x04, .type = Type::f32, .quantity = voltage_l3_v},
        {.address = 0x06, .type = Type::f32, .quantity = current_l1_a},
        {.address = 0x08, .type = Type::f32, .quantity = current_l2_a},
        {.address = 0x0A, .type = Type::f32, .quantity = current_l3_a},
        {.address = 0x0C, .type = Type::f32, .quantity = power_l1_w},
        {.address = 0x0E, .type = Type::f32, .quantity = power_l2_w},
        {.address = 0x10, .type = Type::f32, .quantity = power_l3_w},
        {.address = 0x34, .type = Type::f32, .quantity = power_w},
        {.address = 0x46, .type = Type::f32, .quantity = frequency_hz},
        {.address = 0x48, .type = Type::f32, .scale = 1000, .quantity = imported_wh},
        {.address = 0x4A, .type = Type::f32, .scale = 1000, .quantity = exported_wh},
    };
}

void finish(Reading& reading) {
    sign_currents(reading.values);
}

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return make_table_reader({.table = modbus::Table::input,
                              .points = points(),
                              .known = {.vendor = "Eastron", .model = "SDM630"},
                              .finish = finish},
                             connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    const Identity who{"Eastron", "SDM630", std::nullopt, std::nullopt};
    return {
        {.what = "importing 6 kW",
         .table = modbus::Table::input,
         .memory = {{0x00, {0x4366, 0, 0x4366, 0, 0x4366, 0, 0x4110, 0, 0x3F80, 0, 0, 0}},
                    {0x0C, {0x45BB, 0x8000, 0xC348, 0x0000, 0, 0}},
                    {0x34, {0x45BB, 0x8000}},
                    {0x46, {0x4247, 0xE148, 0x42C8, 0x0000, 0x3F80, 0x0000}}},
         .values = {{voltage_l1_v, 230},
                    {current_l1_a, 9},
                    {current_l2_a, -1},
                    {power_l1_w, 6000},
                    {power_l2_w, -200},
                    {power_w, 6000},
                    {frequency_hz, 49.97},
                    {imported_wh, 100000},
                    {exported_wh, 1000}},
         .identity = who},
        {.what = "answers mixed up by the gateway: what can't be true is refused, NaN is absent",
         .table = modbus::Table::input,
         .memory = {{0x00, {0x45BB, 0x8000, 0x4366, 0, 0x7FC0, 0}},
                    {0x34, {0x4E6E, 0x6B28}},
                    {0x46, {0x43FA, 0x0000, 0, 0, 0, 0}}},
         .values = {{voltage_l1_v, std::nullopt},
                    {voltage_l2_v, 230},
                    {voltage_l3_v, std::nullopt},
                    {power_w, std::nullopt},
                    {frequency_hz, std::nullopt}},
         .identity = who,
         .implausible = 3},
    };
}

}  // namespace

std::vector<Profile> eastron_sdm630_profiles() {
    return {
        {{"eastron-sdm630", Class::meter, "Eastron SDM630, SDM72, SDM54 behind a gateway"}, make, proofs}};
}

}  // namespace sunherd::devices
