#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// VARTA pulse, pulse neo, element, link, flex: holding registers, unit 255. Some models refuse blocks; then
// the registers are read one by one. Source: vartastorage's modbus_client.py, evcc's varta.yaml, openWB's
// bat_modbus.py; reference page varta-modbus.
//
// Left out: 1067 apparent power, 1072 error code (state 5 says it), 1078 grid power and 1102 PV power (the
// site has meters for these), 1064 number of modules.
namespace sunherd::devices {

namespace {

using modbus::Type;
using modbus::WordOrder;

std::vector<Point> points() {
    using enum Quantity;
    return {
        {.address = 1065, .type = Type::u16, .quantity = state_code},
        // + is charging there, discharging here.
        {.address = 1066, .type = Type::i16, .scale = -1, .quantity = power_w},
        {.address = 1068, .type = Type::u16, .quantity = soc_pct},
        {.address = 1069, .type = Type::u32, .order = WordOrder::low_first, .quantity = charged_wh},
        {.address = 1071, .type = Type::u16, .scale = 10, .quantity = capacity_wh, .not_implemented = 0},
        // A negative number of watts: what it may discharge at most just now.
        {.address = 1074, .type = Type::i16, .scale = -1, .quantity = max_discharge_w},
    };
}

void finish(Reading& reading) {
    if (const auto& state = reading.values[Quantity::state_code]) {
        reading.battery_state = varta_battery_state(static_cast<int>(*state));
    }
}

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return make_table_reader(
        {.table = modbus::Table::holding,
         .points = points(),
         .fields =
             {{.address = 1000, .count = 17, .decode = modbus::decode_wide_text, .to = &Identity::firmware},
              {.address = 1054, .count = 10, .decode = modbus::decode_wide_text, .to = &Identity::serial}},
         .known = {.vendor = "VARTA"},
         .finish = finish},
        connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    const Identity who{"VARTA", std::nullopt, "123", "1.2"};
    const Proof::Memory firmware{1000, {'1', '.', '2', 0}};
    const Proof::Memory serial{1054, {0x0031, 0x0032, 0x0033, 0x0000}};
    return {
        {.what = "charging 1.5 kW: negative with us",
         .table = modbus::Table::holding,
         .memory =
             {firmware, serial, {1065, {2, 0x05DC, 0, 0x0049, 0x86A0, 0x0001, 0x028A, 0}}, {1074, {0xF060}}},
         .values = {{state_code, 2},
                    {power_w, -1500},
                    {soc_pct, 73},
                    {charged_wh, 100000},
                    {capacity_wh, 6500},
                    {max_discharge_w, 4000}},
         .identity = who},
        {.what = "discharging 1.5 kW, SOC that can't be",
         .table = modbus::Table::holding,
         .memory = {firmware, serial, {1065, {3, 0xFA24, 0, 255, 0x86A0, 0x0001, 0x028A, 0}}, {1074, {0}}},
         .values = {{power_w, 1500}, {soc_pct, std::nullopt}, {max_discharge_w, 0}},
         .identity = who,
         .implausible = 1},
    };
}

}  // namespace

std::optional<topics::BatteryState> varta_battery_state(int state) {
    using enum topics::BatteryState;
    switch (state) {
        case 0:  // busy: starting
        case 6:
            return off;  // passive: service
        case 1:          // run: ready
        case 4:
            return standby;
        case 2:
            return charging;
        case 3:
            return discharging;
        case 5:
            return fault;
        default:
            return std::nullopt;
    }
}

std::vector<Profile> varta_profiles() {
    return {{{"varta", Class::battery, "VARTA pulse, pulse neo, element, link, flex"}, make, proofs}};
}

}  // namespace sunherd::devices
