#pragma once

#include "topics/control_messages.hpp"
#include "topics/enums.hpp"
#include "topics/market_messages.hpp"
#include "topics/phase_values.hpp"
#include "topics/timestamp.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// One struct per message; `proto-topics/schemas/<name>.schema.json` documents each field. A plain member is
/// required, an optional one is absent from JSON when unknown, an empty list, map or PhaseValues likewise.
/// `describe` names the fields once, for both directions.
///
/// Signs: grid power and current + on import; battery power + while it discharges; PV and EVSE power ≥ 0.
namespace sunherd::topics {

/// `building/grid`: the grid connection.
struct GridReading {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::string source;  ///< id of the device that measured, e.g. the master EVSE
    std::optional<double> power_w;
    PhaseValues current_a;  ///< signed like the power of its phase
    PhaseValues voltage_v;
    PhaseValues phase_power_w;
    std::optional<double> frequency_hz;
    std::optional<double> imported_wh;
    std::optional<double> exported_wh;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("source", m.source);
        field("power_w", m.power_w);
        field("current_a", m.current_a);
        field("voltage_v", m.voltage_v);
        field("phase_power_w", m.phase_power_w);
        field("frequency_hz", m.frequency_hz);
        field("imported_wh", m.imported_wh);
        field("exported_wh", m.exported_wh);
    }
    bool operator==(const GridReading&) const = default;
};

/// One string (MPPT input) of an inverter.
struct PvString {
    int id = 0;
    std::optional<double> power_w;
    std::optional<double> voltage_v;
    std::optional<double> current_a;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("id", m.id);
        field("power_w", m.power_w);
        field("voltage_v", m.voltage_v);
        field("current_a", m.current_a);
    }
    bool operator==(const PvString&) const = default;
};

/// `building/pv/{id}`: an inverter.
struct PvReading {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<double> power_w;  ///< ≥ 0
    std::optional<double> energy_wh;
    PhaseValues current_a;
    PhaseValues voltage_v;
    std::vector<PvString> strings;
    std::optional<InverterState> state;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("power_w", m.power_w);
        field("energy_wh", m.energy_wh);
        field("current_a", m.current_a);
        field("voltage_v", m.voltage_v);
        field("strings", m.strings);
        field("state", m.state);
    }
    bool operator==(const PvReading&) const = default;
};

/// `building/battery/{id}`.
struct BatteryReading {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<double> power_w;  ///< + discharging
    std::optional<double> soc_pct;
    std::optional<double> capacity_wh;
    std::optional<double> max_charge_w;
    std::optional<double> max_discharge_w;
    std::optional<double> charged_wh;
    std::optional<double> discharged_wh;
    std::optional<BatteryState> state;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("power_w", m.power_w);
        field("soc_pct", m.soc_pct);
        field("capacity_wh", m.capacity_wh);
        field("max_charge_w", m.max_charge_w);
        field("max_discharge_w", m.max_discharge_w);
        field("charged_wh", m.charged_wh);
        field("discharged_wh", m.discharged_wh);
        field("state", m.state);
    }
    bool operator==(const BatteryReading&) const = default;
};

/// `building/meter/{id}`: any other meter; + is consumption behind it.
struct MeterReading {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<double> power_w;
    PhaseValues current_a;
    PhaseValues voltage_v;
    PhaseValues phase_power_w;
    std::optional<double> frequency_hz;
    std::optional<double> imported_wh;
    std::optional<double> exported_wh;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("power_w", m.power_w);
        field("current_a", m.current_a);
        field("voltage_v", m.voltage_v);
        field("phase_power_w", m.phase_power_w);
        field("frequency_hz", m.frequency_hz);
        field("imported_wh", m.imported_wh);
        field("exported_wh", m.exported_wh);
    }
    bool operator==(const MeterReading&) const = default;
};

/// `evse/{id}/info`: what the EVSE is. Changes rarely.
struct EvseInfo {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<std::string> name;
    std::string profile;  ///< device profile, e.g. `etrel-inch`
    std::optional<std::string> vendor;
    std::optional<std::string> model;
    std::optional<std::string> serial;
    std::optional<std::string> firmware;
    int phases = 3;                         ///< 1, 2 or 3
    std::string phase_rotation = "L1L2L3";  ///< site phases of its own L1, L2, L3
    double min_current_a = 6;
    double max_current_a = 16;
    bool master = false;
    bool adopted = true;  ///< false: found, but not in the site file and not taken over; it is not controlled
    std::optional<PortLayout> ports;
    std::optional<std::string> host;  ///< where a found EVSE answers
    std::optional<int> connector;     ///< 2 = the second one of a Duo

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("name", m.name);
        field("profile", m.profile);
        field("vendor", m.vendor);
        field("model", m.model);
        field("serial", m.serial);
        field("firmware", m.firmware);
        field("phases", m.phases);
        field("phase_rotation", m.phase_rotation);
        field("min_current_a", m.min_current_a);
        field("max_current_a", m.max_current_a);
        field("master", m.master);
        field("adopted", m.adopted);
        field("ports", m.ports);
        field("host", m.host);
        field("connector", m.connector);
    }
    bool operator==(const EvseInfo&) const = default;
};

/// `evse/{id}/state`: what the EVSE and its car do now.
struct EvseState {
    Timestamp time{};
    std::uint64_t seq = 0;
    Iec61851 state = Iec61851::A;
    std::optional<std::string> status;  ///< the device's own word, e.g. `PausedByEv`
    PhaseValues current_a;              ///< site's phases, after rotation
    PhaseValues voltage_v;              ///< site's phases
    std::optional<double> power_w;      ///< ≥ 0
    std::optional<double> session_energy_wh;
    std::optional<double> session_duration_s;
    std::optional<double> total_energy_wh;
    std::optional<double> target_current_a;       ///< limit in force at the device
    std::optional<double> vehicle_max_current_a;  ///< what the car says it can take
    std::optional<int> vehicle_phases;            ///< phases the car is seen to use
    std::optional<double> temperature_c;          ///< the hottest that it measures inside of itself

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("state", m.state);
        field("status", m.status);
        field("current_a", m.current_a);
        field("voltage_v", m.voltage_v);
        field("power_w", m.power_w);
        field("session_energy_wh", m.session_energy_wh);
        field("session_duration_s", m.session_duration_s);
        field("total_energy_wh", m.total_energy_wh);
        field("target_current_a", m.target_current_a);
        field("vehicle_max_current_a", m.vehicle_max_current_a);
        field("vehicle_phases", m.vehicle_phases);
        field("temperature_c", m.temperature_c);
    }
    bool operator==(const EvseState&) const = default;
};

/// Epochs are below: seconds of UTC, and one more for each start.
inline constexpr std::uint64_t kEpochsEnd = 1'000'000'000'000;

/// `evse/{id}/setpoint`: a lease. Never retained; a retained one is ignored.
struct EvseSetpoint {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::uint64_t epoch = 0;  ///< the controller's reign; the highest seen wins
    double current_a = 0;     ///< per phase; 0 pauses
    std::optional<int> phases;
    int ttl_ms = 0;  ///< counted from receipt on the steady clock
    double fallback_current_a =
        0;  ///< what the device gets when the lease ends; never above current_a's EVSE limit
    std::optional<Timestamp> sample_time;  ///< when the oldest reading it rests on was taken

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("epoch", m.epoch);
        field("current_a", m.current_a);
        field("phases", m.phases);
        field("ttl_ms", m.ttl_ms);
        field("fallback_current_a", m.fallback_current_a);
        field("sample_time", m.sample_time);
    }
    bool operator==(const EvseSetpoint&) const = default;
};

/// `evse/{id}/applied`: what the actuator did.
struct EvseApplied {
    Timestamp time{};
    std::uint64_t seq = 0;
    ApplyResult result = ApplyResult::written;
    double current_a = 0;  ///< what was to be written
    std::optional<std::uint64_t> setpoint_seq;
    std::optional<std::uint64_t> epoch;         ///< in force
    std::optional<double> effective_current_a;  ///< limit in force read back from the device
    std::optional<Timestamp> sample_time;
    std::optional<double> reaction_ms;  ///< from the reading that caused it to the end of the write
    std::optional<double> write_ms;     ///< the write itself
    std::optional<std::string> reason;  ///< why not, in words

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("result", m.result);
        field("current_a", m.current_a);
        field("setpoint_seq", m.setpoint_seq);
        field("epoch", m.epoch);
        field("effective_current_a", m.effective_current_a);
        field("sample_time", m.sample_time);
        field("reaction_ms", m.reaction_ms);
        field("write_ms", m.write_ms);
        field("reason", m.reason);
    }
    bool operator==(const EvseApplied&) const = default;
};

struct DeviceHealth {
    Health health = Health::waiting;
    std::uint64_t polls = 0;
    std::uint64_t errors = 0;
    std::optional<std::string> error;  ///< the last one, in words, while it lasts

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("health", m.health);
        field("polls", m.polls);
        field("errors", m.errors);
        field("error", m.error);
    }
    bool operator==(const DeviceHealth&) const = default;
};

/// `energy/{id}`: counts that never decrease, also where a device has none or begins anew. Whole Wh.
struct EnergyTotals {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<double> imported_wh;  ///< of the grid connection, of a meter
    std::optional<double> exported_wh;
    std::optional<double> produced_wh;  ///< of an inverter
    std::optional<double> charged_wh;   ///< of a battery
    std::optional<double> discharged_wh;
    std::optional<double> consumed_wh;  ///< of an EVSE

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("imported_wh", m.imported_wh);
        field("exported_wh", m.exported_wh);
        field("produced_wh", m.produced_wh);
        field("charged_wh", m.charged_wh);
        field("discharged_wh", m.discharged_wh);
        field("consumed_wh", m.consumed_wh);
    }
    bool operator==(const EnergyTotals&) const = default;
};

/// `service/{service}/status`: retained; the last will says `offline`.
struct ServiceStatus {
    Timestamp time{};
    std::uint64_t seq = 0;
    Presence status = Presence::offline;
    std::string version;
    std::optional<double> uptime_s;
    std::optional<int> pid;
    std::map<std::string, DeviceHealth> devices;
    std::map<std::string, std::uint64_t> counters;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("status", m.status);
        field("version", m.version);
        field("uptime_s", m.uptime_s);
        field("pid", m.pid);
        field("devices", m.devices);
        field("counters", m.counters);
    }
    bool operator==(const ServiceStatus&) const = default;
};

/// `event`: what happened and matters. Not retained.
struct Event {
    Timestamp time{};
    std::uint64_t seq = 0;
    Severity severity = Severity::info;
    std::string code;  ///< e.g. `load_guard_silent`
    std::string text;
    std::string service;  ///< who says so
    std::optional<std::string> device;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("severity", m.severity);
        field("code", m.code);
        field("text", m.text);
        field("service", m.service);
        field("device", m.device);
    }
    bool operator==(const Event&) const = default;
};

/// `device/{id}/action`: a service asks the actuator for an action. Never retained.
struct ActionRequest {
    Timestamp time{};
    std::uint64_t seq = 0;
    Action action = Action::restart_load_guard;
    std::string reason;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("action", m.action);
        field("reason", m.reason);
    }
    bool operator==(const ActionRequest&) const = default;
};

/// `device/{id}/action/applied`: what the actuator did about it.
struct ActionApplied {
    Timestamp time{};
    std::uint64_t seq = 0;
    Action action = Action::restart_load_guard;
    bool done = false;
    std::string text;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("action", m.action);
        field("done", m.done);
        field("text", m.text);
    }
    bool operator==(const ActionApplied&) const = default;
};

/// `simulator/fault`: makes a simulated device misbehave. Never retained.
struct SimulatorFault {
    std::string device;  ///< id of a simulated device, or `house`
    std::string fault;   ///< e.g. `silent`, `slow`, `garbage`, `reset`, `load_guard_dead`; `none` ends all
    std::optional<double> duration_s;
    std::optional<double> value;  ///< what the fault needs: delay in ms, extra load in W

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("device", m.device);
        field("fault", m.fault);
        field("duration_s", m.duration_s);
        field("value", m.value);
    }
    bool operator==(const SimulatorFault&) const = default;
};

struct SimulatedCar {
    bool plugged = false;
    std::optional<double> soc_pct;
    PhaseValues current_a;
    double told_a = 0;  ///< setpoint in force at the device

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("plugged", m.plugged);
        field("soc_pct", m.soc_pct);
        field("current_a", m.current_a);
        field("told_a", m.told_a);
    }
    bool operator==(const SimulatedCar&) const = default;
};

/// `simulator/state`: the truth of the simulated house, whatever its devices say.
struct SimulatorState {
    Timestamp time{};
    std::uint64_t seq = 0;
    Timestamp trace_time{};
    PhaseValues grid_current_a;
    double grid_w = 0;
    double house_w = 0;
    double pv_w = 0;
    double battery_w = 0;
    std::optional<double> battery_soc_pct;
    double fuse_heat_pct = 0;  ///< 100 = the main fuse would have tripped
    std::map<std::string, SimulatedCar> evses;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("trace_time", m.trace_time);
        field("grid_current_a", m.grid_current_a);
        field("grid_w", m.grid_w);
        field("house_w", m.house_w);
        field("pv_w", m.pv_w);
        field("battery_w", m.battery_w);
        field("battery_soc_pct", m.battery_soc_pct);
        field("fuse_heat_pct", m.fuse_heat_pct);
        field("evses", m.evses);
    }
    bool operator==(const SimulatorState&) const = default;
};

}  // namespace sunherd::topics
