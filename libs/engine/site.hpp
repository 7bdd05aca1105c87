#pragma once

#include "topics/enums.hpp"
#include "topics/phase_values.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Pure: what is known of the site and what was remembered go in, a decision comes out. No clock, no I/O.
namespace sunherd::engine {

using topics::ChargeMode;
using topics::Distribution;
using topics::EmsState;
using topics::FuseCurve;
using topics::Iec61851;
using topics::PhaseValues;

/// Time since an epoch the caller chooses and keeps, on a clock that never steps.
using Instant = std::chrono::milliseconds;

constexpr std::size_t kPhases = 3;
using PerPhase = std::array<double, kPhases>;

/// On which site phase (0 = L1) an EVSE's own L1, L2, L3 are; the first `count` of them exist.
struct Wiring {
    std::array<int, kPhases> site_phase{0, 1, 2};
    int count = 3;
};

/// A fuse and what hangs below it. `circuits[0]` is the main fuse, measured by the grid meter; a circuit
/// stands after its parent. One whose limit or parent makes no sense has the limit 0.
struct Circuit {
    std::string id;
    int parent = 0;           ///< index; of no meaning for the main fuse
    double limit_a = 0;       ///< per phase
    bool metered = false;     ///< unmetered: only EVSEs and metered circuits are known to hang below it
    PhaseValues current_a{};  ///< + towards the consumers
    std::optional<Instant> read_at{};  ///< absent: never, or not known when
    Instant stale_after{5000};
    std::optional<double> max_w{};               ///< sum of the phases; not of the main fuse
    std::optional<FuseCurve> curve{};            ///< absent: no overload, however short
    std::optional<Distribution> distribution{};  ///< among the EVSEs below; absent: as above it
};

struct PowerReading {
    std::optional<double> power_w{};
    std::optional<Instant> read_at{};
    Instant stale_after{15000};
};

struct Battery {
    std::optional<double> power_w{};  ///< + discharging
    std::optional<Instant> read_at{};
    Instant stale_after{15000};
    std::optional<double> soc_pct{};  ///< of the same moment
    double soc_min_pct = 0;
    bool spare_below_min = false;            ///< below that, `eco` does without its minimum
    std::optional<double> soc_target_pct{};  ///< from there on EVSEs come first, beyond it the battery helps
    double soc_hysteresis_pct = 3;
    std::optional<double> max_charge_w{};     ///< absent: below its target it gets what is left
    std::optional<double> max_discharge_w{};  ///< absent: it helps with nothing
};

struct Evse {
    std::string id;
    int circuit = 0;
    Wiring wiring{};
    double min_a = 6;
    double max_a = 16;  ///< in force: device, site file, overrides, night window
    double fallback_a = 6;
    double step_a = 0.1;                 ///< resolution of its setpoint
    bool can_switch = false;             ///< between one phase (its first wire) and three, by itself
    std::optional<int> phases_in_use{};  ///< as it says; absent: it does what it was told
    int priority = 1;                    ///< 1 is the most important
    ChargeMode mode = ChargeMode::solar;
    bool paused = false;
    bool standby = false;         ///< the whole site rests
    bool target_reached = false;  ///< its car has the charge it was to have
    bool night_open = false;      ///< is a night window open now?
    /// Modes `plan` and `price`: what the plan, or the price, allows now; absent: there is none.
    std::optional<double> plan_a{};

    std::optional<Iec61851> state{};
    PhaseValues current_a{};  ///< site's phases
    std::optional<double> power_w{};
    std::optional<double> vehicle_max_a{};
    std::optional<double>
        in_force_a;  ///< the device's own word on its limit; counts where we told it nothing yet
    /// What the device may still have in force because our last write is not confirmed.
    std::optional<double> unconfirmed_a{};
    std::optional<Instant> read_at{};
    Instant stale_after{5000};
};

/// How long things must hold. Lowering never waits.
struct Timing {
    Instant grid_confirm{2000};  ///< grid readings back for so long before anything is raised
    Instant calm{5000};          ///< less load must hold so long before it is given away
    Instant calm_sun{1000};      ///< so must more surplus, which no fuse minds if it goes again
    /// Meters and EVSEs are read at different moments: so long a rise that an EVSE can explain is not taken
    /// for the house's.
    Instant skew{3000};
    Instant follow{30000};  ///< an EVSE may take so long to begin to follow a raise
    Instant withdrawn{
        21000};  ///< an offer taken back before the car followed may still be followed for so long
    /// Drawing more than told for so long without coming down, while a fuse is overloaded: counted at what it
    /// draws.
    Instant obey{12000};
    Instant obey_calmly{25000};  ///< the same while none is
    Instant cut_off{20000};      ///< … and after so long more its session is to be ended
    Instant one_phase{10000};    ///< phases that an EVSE leaves unused for so long are free for others
    Instant fuse_pause{20000};   ///< stopped by a fuse: not started again earlier
    double restart_room_a = 1;  ///< … and not with less than this above its minimum, lest it be stopped again
    Instant start_delay{60000};     ///< solar: surplus for so long before it starts
    Instant stop_delay{180000};     ///< solar: kept at its minimum for so long without surplus
    double raise_step_a = 0.5;      ///< smaller raises are not worth a write
    Instant phases_down{60000};     ///< sun for one phase only for so long before it changes to one …
    Instant phases_up{120000};      ///< … and for three for so long before it changes back
    Instant phases_settle{10000};   ///< without current, after the change
    int max_switches_per_hour = 4;  ///< at most 12
    int max_starts_per_hour = 10;   ///< of one EVSE, beside those a person or a car asks for
    Instant overload{60000};        ///< a fuse with a curve bears what the curve allows for so long …
    Instant overload_rest{600000};  ///< … and again after so long
    Instant idle_battery{10000};    ///< a battery that takes, or gives, less than it could for so long …
    Instant busy_battery{600000};   ///< … is not counted on for so long
};

/// One frozen picture of the site with its settings.
struct Site {
    Instant now{};
    int phases = 3;
    double nominal_voltage_v = 230;
    PhaseValues voltage_v{};
    std::optional<double>
        grid_power_w;  ///< of the reading in circuits[0]; absent: from currents and voltages
    std::vector<Circuit> circuits{};
    std::vector<PowerReading> pv{};
    std::vector<Battery> batteries{};
    std::vector<Evse> evses{};  ///< those we control; ids are unique
    Timing timing{};
    Distribution distribution = Distribution::priority;
    double excess_threshold_w = 0;            ///< `excess` lives on what is exported beyond that
    std::optional<double> max_import_w{};     ///< with charging EVSEs, sum of the phases
    std::optional<double> max_average_w{};    ///< the same as an average of each quarter of an hour …
    Instant quarter_left{900'000};            ///< … of which so much is left
    std::optional<double> max_evse_w{};       ///< of all EVSEs together
    std::optional<double> max_imbalance_a{};  ///< between two phases, with charging EVSEs
};

}  // namespace sunherd::engine
