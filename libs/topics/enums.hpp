#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace sunherd::topics {

/// The words of an enumeration as they stand in JSON and in the site file, declared once beside the type by
/// `constexpr auto enum_words(E) { return std::array{std::pair{E::a, "a"sv}, …}; }`.
template <class E>
concept Worded = requires(E e) {
    enum_words(e);
};

template <Worded E>
constexpr std::string_view to_word(E value) {
    for (const auto& [candidate, word] : enum_words(E{})) {
        if (candidate == value) {
            return word;
        }
    }
    return "?";
}

template <Worded E>
constexpr std::optional<E> from_word(std::string_view text) {
    for (const auto& [candidate, word] : enum_words(E{})) {
        if (word == text) {
            return candidate;
        }
    }
    return std::nullopt;
}

using namespace std::string_view_literals;

/// IEC 61851 state of an EVSE: A no vehicle, B vehicle connected, C charging, D charging with ventilation,
/// E no power or error of the EVSE, F EVSE not available.
enum class Iec61851 { A, B, C, D, E, F };
constexpr auto enum_words(Iec61851) {
    using enum Iec61851;
    return std::array{std::pair{A, "A"sv}, std::pair{B, "B"sv}, std::pair{C, "C"sv},
                      std::pair{D, "D"sv}, std::pair{E, "E"sv}, std::pair{F, "F"sv}};
}

/// What the user wants of an EVSE. `off` never charges; `now` takes all that the fuses allow; `night` like
/// now, but only in its time windows; `eco` its minimum always, more from the sun; `solar` only what would
/// leave the site; `excess` only what leaves it beyond a threshold; `plan` and `price` what a plan, or the
/// price, allows at the moment.
enum class ChargeMode { off, now, night, eco, solar, excess, plan, price };
constexpr auto enum_words(ChargeMode) {
    using enum ChargeMode;
    return std::array{std::pair{off, "off"sv},   std::pair{now, "now"sv},     std::pair{night, "night"sv},
                      std::pair{eco, "eco"sv},   std::pair{solar, "solar"sv}, std::pair{excess, "excess"sv},
                      std::pair{plan, "plan"sv}, std::pair{price, "price"sv}};
}

/// How EVSEs that compete share. `priority`: all their minimum, then the important ones fill up; `shared`:
/// all their minimum, then all the same; `strict`: the important one first gets all it can; `optimized`:
/// strict, but those before make room for the minimum of the next.
enum class Distribution { priority, shared, strict, optimized };
constexpr auto enum_words(Distribution) {
    using enum Distribution;
    return std::array{std::pair{priority, "priority"sv}, std::pair{shared, "shared"sv},
                      std::pair{strict, "strict"sv}, std::pair{optimized, "optimized"sv}};
}

/// How a fuse or breaker bears an overload: a fuse link gG (IEC 60269-2) 1.25 times its rated current for an
/// hour, a circuit breaker B or C (IEC 60898-1) 1.13 times.
enum class FuseCurve { gG, B, C };
constexpr auto enum_words(FuseCurve) {
    using enum FuseCurve;
    return std::array{std::pair{gG, "gG"sv}, std::pair{B, "B"sv}, std::pair{C, "C"sv}};
}

/// Which of an Etrel charger's two sockets does what: `read-write` reads all on 502 and writes all on 503;
/// `charger-cluster` has the charger (both ways) on 502, Load Guard and cluster limits on 503.
enum class PortLayout { read_write, charger_cluster };
constexpr auto enum_words(PortLayout) {
    using enum PortLayout;
    return std::array{std::pair{read_write, "read-write"sv}, std::pair{charger_cluster, "charger-cluster"sv}};
}

enum class InverterState { off, sleeping, starting, mppt, throttled, shutting_down, fault, standby };
constexpr auto enum_words(InverterState) {
    using enum InverterState;
    return std::array{std::pair{off, "off"sv},
                      std::pair{sleeping, "sleeping"sv},
                      std::pair{starting, "starting"sv},
                      std::pair{mppt, "mppt"sv},
                      std::pair{throttled, "throttled"sv},
                      std::pair{shutting_down, "shutting_down"sv},
                      std::pair{fault, "fault"sv},
                      std::pair{standby, "standby"sv}};
}

enum class BatteryState { off, empty, discharging, charging, full, holding, standby, fault };
constexpr auto enum_words(BatteryState) {
    using enum BatteryState;
    return std::array{std::pair{off, "off"sv},
                      std::pair{empty, "empty"sv},
                      std::pair{discharging, "discharging"sv},
                      std::pair{charging, "charging"sv},
                      std::pair{full, "full"sv},
                      std::pair{holding, "holding"sv},
                      std::pair{standby, "standby"sv},
                      std::pair{fault, "fault"sv}};
}

/// What became of a setpoint at the device. `written`: new value accepted; `refreshed`: same value written
/// again in time; `rejected`: device refused it; `failed`: device not reached; `fallback`: lease over,
/// fallback current written; `ignored`: setpoint not taken (older reign, retained, out of range).
enum class ApplyResult { written, refreshed, rejected, failed, fallback, ignored };
constexpr auto enum_words(ApplyResult) {
    using enum ApplyResult;
    return std::array{std::pair{written, "written"sv},   std::pair{refreshed, "refreshed"sv},
                      std::pair{rejected, "rejected"sv}, std::pair{failed, "failed"sv},
                      std::pair{fallback, "fallback"sv}, std::pair{ignored, "ignored"sv}};
}

/// State of the whole: `ok` all known; `degraded` something is missing but charging goes on with care;
/// `fault` the grid connection is not known, EVSEs are held at what is safe without it.
enum class EmsState { ok, degraded, fault };
constexpr auto enum_words(EmsState) {
    using enum EmsState;
    return std::array{std::pair{ok, "ok"sv}, std::pair{degraded, "degraded"sv}, std::pair{fault, "fault"sv}};
}

/// How batteries and EVSEs share the sun. `auto` as the site file says; `battery_first` EVSEs get what
/// batteries leave; `evse_first` batteries get what EVSEs leave; `support` beyond that, batteries help EVSEs,
/// down to their `min_soc_pct`.
enum class BatteryMode { automatic, battery_first, evse_first, support };
constexpr auto enum_words(BatteryMode) {
    using enum BatteryMode;
    return std::array{std::pair{automatic, "auto"sv}, std::pair{battery_first, "battery_first"sv},
                      std::pair{evse_first, "evse_first"sv}, std::pair{support, "support"sv}};
}

enum class Severity { info, warning, alarm };
constexpr auto enum_words(Severity) {
    using enum Severity;
    return std::array{std::pair{info, "info"sv}, std::pair{warning, "warning"sv},
                      std::pair{alarm, "alarm"sv}};
}

enum class Presence { online, offline };
constexpr auto enum_words(Presence) {
    using enum Presence;
    return std::array{std::pair{online, "online"sv}, std::pair{offline, "offline"sv}};
}

/// `waiting`: not asked or not answered yet since the start; `ok`; `silent`: no answer; `faulty`: answers,
/// but with errors or values that can't be true.
enum class Health { waiting, ok, silent, faulty };
constexpr auto enum_words(Health) {
    using enum Health;
    return std::array{std::pair{waiting, "waiting"sv}, std::pair{ok, "ok"sv}, std::pair{silent, "silent"sv},
                      std::pair{faulty, "faulty"sv}};
}

/// Things the actuator can do to a device besides setpoints. `stop_charging` ends the session.
enum class Action { restart_load_guard, restart_evse, stop_charging };
constexpr auto enum_words(Action) {
    using enum Action;
    return std::array{std::pair{restart_load_guard, "restart_load_guard"sv},
                      std::pair{restart_evse, "restart_evse"sv}, std::pair{stop_charging, "stop_charging"sv}};
}

}  // namespace sunherd::topics
