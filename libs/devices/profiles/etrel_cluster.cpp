#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// What all EVSEs of an Etrel power cluster draw together, as their master sees it; input registers of the
// master, at the same socket as its Load Guard. It tells of EVSEs that nobody told us about. Source: vendor's
// list "Etrel INCH SmartHome Modbus TCPRegisters" (2020); reference page etrel-inch.
//
// Left out: 2106…2113 powers (the currents tell the same).
namespace sunherd::devices {

namespace {

using modbus::Type;

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    using enum Quantity;
    return make_table_reader(
        {.points = {{.address = 2100, .type = Type::f32, .quantity = current_l1_a},
                    {.address = 2102, .type = Type::f32, .quantity = current_l2_a},
                    {.address = 2104, .type = Type::f32, .quantity = current_l3_a}},
         .known = {.vendor = "Etrel", .model = "cluster", .serial = std::nullopt, .firmware = std::nullopt}},
        connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    return {{
        .what = "two EVSEs, one of them on L1 alone",
        .table = modbus::Table::input,
        .memory = {{2100, {0x4166, 0x6666, 0x4110, 0, 0x4110, 0}}},
        .values = {{current_l1_a, 14.4}, {current_l2_a, 9}, {current_l3_a, 9}, {power_w, std::nullopt}},
        .identity = {"Etrel", "cluster", std::nullopt, std::nullopt},
    }};
}

}  // namespace

std::vector<Profile> etrel_cluster_profiles() {
    return {
        {{"etrel-cluster", Class::meter, "all EVSEs of a cluster together, through the Etrel master EVSE"},
         make,
         proofs}};
}

}  // namespace sunherd::devices
