#pragma once

#include "devices/reading.hpp"
#include "modbus/connection.hpp"
#include "topics/enums.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Readers for all device profiles: `etrel-inch`, `etrel-load-guard`, `sunspec-inverter`, `sunspec-meter`,
/// `algodue-uem`, `eastron-sdm630`, `carlo-gavazzi-em24`, `carlo-gavazzi-em24-rs485`, `varta`. One file per
/// device: its points, its quirks, its proof.
namespace sunherd::devices {

/// Reads a device over one connection. Not thread-safe: belongs to the thread of its connection.
class Reader {
  public:
    virtual ~Reader() = default;
    /// One poll. Fails as a whole only when nothing could be read; a group of points the device doesn't know
    /// (exception 2 or 3) is split, what stays unknown is marked unsupported and not asked again (until
    /// identify()).
    virtual modbus::Result<Reading> read() = 0;
    /// Who it is; also discovers anew what there is to read.
    virtual modbus::Result<Identity> identify() = 0;
};

struct ReaderOptions {
    int connector = 1;  ///< Etrel Duo: 2 = second connector
};

/// The reader of a profile over its own connection. nullptr for an unknown profile (see `profiles()`).
std::unique_ptr<Reader> make_reader(std::string_view profile, modbus::ReadConnection& connection,
                                    const ReaderOptions& options = {});

enum class Class { meter, inverter, battery, evse };
struct ProfileInfo {
    std::string_view name;
    Class device_class;
    std::string_view about;
};
const std::vector<ProfileInfo>& profiles();

/// Etrel: connector status (register 0) as IEC 61851 letter and as the vendor's word.
topics::Iec61851 etrel_iec61851(int status);
std::string_view etrel_status_word(int status);
/// Etrel: phases code (register 1 or 1023) → number of phases; absent for unknown.
std::optional<int> etrel_phase_count(int code);
/// SunSpec: St of models 101…113; absent for vendors' own numbers.
std::optional<topics::InverterState> sunspec_inverter_state(int st);
/// VARTA: state (register 1065); absent for island operation, which says nothing about the direction.
std::optional<topics::BatteryState> varta_battery_state(int state);

}  // namespace sunherd::devices
