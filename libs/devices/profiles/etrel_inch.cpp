#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

#include <array>

// Etrel INCH, INCH Home, INCH Duo (also sold as sonnenCharger and Landis+Gyr INCH): the EVSE itself, input
// registers. Source: vendor's list "Etrel INCH SmartHome Modbus TCPRegisters" (2020), vendor scripts
// INCH_modbus_read.py 1.4 and INCH_modbus_write.py 2.5 (2021); reference page etrel-inch.
//
// Left out: 6 frequency and 28 power factor (nobody decides by them), 36 departure time, 40 session id, 44
// and 46 (not in the vendor's list), 1022 connector type, 1024…1026 phase mapping (the site file's rotation
// counts).
namespace sunherd::devices {

namespace {

using modbus::Type;
using modbus::WordOrder;

constexpr std::uint16_t kSecondConnector = 100;
constexpr int kCharging = 4;

/// Register 1020 was seen low word first although documented high word first: whichever word isn't zero
/// counts.
double either_word(double count) {
    return count >= 65536 ? count / 65536 : count;
}

std::vector<Point> points() {
    using enum Quantity;
    return {
        {.address = 0, .type = Type::i16, .quantity = state_code},
        {.address = 1, .type = Type::i16, .quantity = vehicle_phases_code},
        {.address = 2, .type = Type::f32, .quantity = vehicle_max_current_a},
        {.address = 4, .type = Type::f32, .quantity = target_current_a},
        {.address = 8, .type = Type::f32, .quantity = voltage_l1_v},
        {.address = 10, .type = Type::f32, .quantity = voltage_l2_v},
        {.address = 12, .type = Type::f32, .quantity = voltage_l3_v},
        {.address = 14, .type = Type::f32, .quantity = current_l1_a},
        {.address = 16, .type = Type::f32, .quantity = current_l2_a},
        {.address = 18, .type = Type::f32, .quantity = current_l3_a},
        {.address = 20, .type = Type::f32, .scale = 1000, .quantity = power_l1_w},
        {.address = 22, .type = Type::f32, .scale = 1000, .quantity = power_l2_w},
        {.address = 24, .type = Type::f32, .scale = 1000, .quantity = power_l3_w},
        {.address = 26, .type = Type::f32, .scale = 1000, .quantity = power_w},
        {.address = 30, .type = Type::f32, .scale = 1000, .quantity = session_energy_wh},
        {.address = 32, .type = Type::i64, .quantity = session_duration_s},
    };
}

std::vector<Point> constants() {
    using enum Quantity;
    return {
        {.address = 1023, .type = Type::i16, .quantity = phases_code},
        {.address = 1028, .type = Type::f32, .quantity = installed_max_current_a},
    };
}

void finish(Reading& reading) {
    auto& values = reading.values;
    const int status = static_cast<int>(values[Quantity::state_code].value_or(0));
    reading.evse_state = etrel_iec61851(status);
    reading.status = std::string(etrel_status_word(status));
    if (const auto& code = values[Quantity::vehicle_phases_code]) {
        reading.vehicle_phases = etrel_phase_count(static_cast<int>(*code));
    }
    // Some firmware never counts: both stay 0 while the car charges. Then they aren't known.
    auto& energy = values[Quantity::session_energy_wh];
    auto& duration = values[Quantity::session_duration_s];
    if (status == kCharging && energy.value_or(0) == 0 && duration.value_or(0) == 0) {
        energy.reset();
        duration.reset();
    }
}

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions& options) {
    DeviceTable table{
        .table = modbus::Table::input,
        .points = points(),
        .constants = constants(),
        .fields = {{.address = 990, .count = 10, .to = &Identity::serial},
                   {.address = 1000, .count = 10, .to = &Identity::model},
                   {.address = 1015, .count = 5, .to = &Identity::firmware}},
        .known = {.vendor = "Etrel", .model = "INCH"},
        .finish = finish,
        .essential = Quantity::state_code,
    };
    if (options.connector == 2) {
        for (auto* rows : {&table.points, &table.constants}) {
            for (auto& point : *rows) {
                point.address = static_cast<std::uint16_t>(point.address + kSecondConnector);
            }
        }
    }
    table.constants.push_back({.address = 1020,
                               .type = Type::u32,
                               .order = WordOrder::low_first,
                               .quantity = Quantity::connector_count,
                               .repair = either_word});
    return make_table_reader(std::move(table), connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    return {{
        .what = "charging on one phase, as captured",
        .table = modbus::Table::input,
        .memory = {{0, {4, 1}},
                   {2, {16742, 26214, 16656, 0, 16967, 57672, 17261, 35389, 0, 0, 0, 0}},
                   {14, {16742, 26214, 0, 0, 0, 0, 16435, 13107, 0, 0, 0, 0, 16435, 13107, 16224, 50332}},
                   {30, {16695, 53276, 0, 0, 0, 218, 0, 0, 24040, 63560, 0, 0, 0, 0, 0, 0, 0, 0}},
                   {990, {12600, 12337, 12336, 12336, 0, 0, 0, 0, 0, 0}},
                   {1000, {20547, 11569, 23091, 11586, 22829, 0, 0, 0, 0, 0}},
                   {1015, {12590, 12594, 11829, 0, 0}},
                   {1020, {1, 0, 1, 1, 1, 2, 3, 0, 16768, 0}}},
        .values = {{state_code, 4},
                   {vehicle_phases_code, 1},
                   {vehicle_max_current_a, 14.4},
                   {target_current_a, 9},
                   {voltage_l1_v, 237.54},
                   {voltage_l2_v, std::nullopt},
                   {current_l1_a, 14.4},
                   {current_l2_a, 0},
                   {power_l1_w, 2800},
                   {power_w, 2800},
                   {session_energy_wh, 11488.308},
                   {session_duration_s, 218},
                   {phases_code, 1},
                   {connector_count, 1},
                   {installed_max_current_a, 16}},
        .identity = {"Etrel", "PC-1Z3-BY-", "18010000", "1.12.5"},
    }};
}

struct Status {
    topics::Iec61851 state;
    std::string_view word;
};

constexpr std::array kStatus{
    Status{topics::Iec61851::A, "Unknown"},
    Status{topics::Iec61851::A, "SocketAvailable"},
    Status{topics::Iec61851::A, "WaitingForVehicleToBeConnected"},
    Status{topics::Iec61851::B, "WaitingForVehicleToStart"},
    Status{topics::Iec61851::C, "Charging"},
    Status{topics::Iec61851::B, "PausedByEv"},
    Status{topics::Iec61851::B, "PausedByEvse"},
    Status{topics::Iec61851::B, "ChargingEnded"},
    Status{topics::Iec61851::E, "Fault"},
    Status{topics::Iec61851::B, "Unpausing"},
    Status{topics::Iec61851::F, "Unavailable"},
};
/// A status that the vendor's list doesn't have.
constexpr Status kForeignStatus{topics::Iec61851::E, "Foreign"};

const Status& status_of(int code) {
    return code >= 0 && static_cast<std::size_t>(code) < kStatus.size()
               ? kStatus.at(static_cast<std::size_t>(code))
               : kForeignStatus;
}

}  // namespace

topics::Iec61851 etrel_iec61851(int status) {
    return status_of(status).state;
}

std::string_view etrel_status_word(int status) {
    return status_of(status).word;
}

std::optional<int> etrel_phase_count(int code) {
    switch (code) {
        case 0:
            return 3;
        case 1:
        case 2:
        case 3:
            return 1;
        case 5:
            return 2;
        default:
            return std::nullopt;
    }
}

std::vector<Profile> etrel_inch_profiles() {
    return {{{"etrel-inch", Class::evse, "Etrel INCH, INCH Home, INCH Duo; sonnenCharger; Landis+Gyr INCH"},
             make,
             proofs}};
}

}  // namespace sunherd::devices
