#pragma once

#include "topics/enums.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The site file as typed values. `site.schema.json` beside this header says what may stand in the file, with
/// ranges and defaults; whatever is here has passed it, and the checks across keys in `checks.cpp`. Defaults
/// stand here and, for editors, in the schema; a test holds them together.
namespace sunherd::site {

using topics::ChargeMode;
using topics::PortLayout;

/// Where a device answers.
struct Endpoint {
    std::string host;
    std::uint16_t port = 502;
    int unit = 1;
    int timeout_ms = 2000;
    bool single_client =
        false;  ///< close the connection after each exchange: the device takes one client only
    bool operator==(const Endpoint&) const = default;
};

/// What a building device is to the site.
enum class Role { grid, pv, battery, meter };
constexpr auto enum_words(Role) {
    using namespace std::string_view_literals;
    using enum Role;
    return std::array{std::pair{grid, "grid"sv}, std::pair{pv, "pv"sv}, std::pair{battery, "battery"sv},
                      std::pair{meter, "meter"sv}};
}

/// What of a battery's charge is for EVSEs.
struct BatteryRules {
    /// Below it `eco` does without its minimum where `spare_below_min` says so.
    double min_soc_pct = 0;
    bool spare_below_min = false;
    /// From here on the sun is for EVSEs first, and beyond it the battery helps them; absent: never.
    std::optional<double> target_soc_pct;
    double soc_hysteresis_pct = 3;
    std::optional<double> max_charge_w;     ///< absent: what the battery itself says
    std::optional<double> max_discharge_w;  ///< absent: what the battery itself says
    bool operator==(const BatteryRules&) const = default;
};

struct Device {
    std::string id;
    std::optional<std::string> name;
    std::string profile;  ///< e.g. `sunspec-inverter`, see libs/devices
    Role role = Role::meter;
    Endpoint endpoint;
    std::chrono::milliseconds poll{1000};  ///< ≥ 100 ms
    std::chrono::milliseconds frozen_after{
        60000};                           ///< bit-identical answers for so long are not believed; 0 = off
    bool invert = false;                  ///< meter mounted the other way round
    std::optional<BatteryRules> battery;  ///< role battery
    bool operator==(const Device&) const = default;
};

/// A fuse and what hangs below it.
struct Circuit {
    std::string id;
    std::optional<std::string> parent;                   ///< absent: directly behind the main fuse
    double fuse_a = 0;                                   ///< per phase
    std::optional<std::string> meter;                    ///< id of a device of role `meter` that measures it
    std::optional<double> max_w{};                       ///< of all phases
    std::optional<topics::FuseCurve> fuse_curve{};       ///< absent: no overload, however short
    std::optional<topics::Distribution> distribution{};  ///< among the EVSEs behind it; absent: as outside
    bool operator==(const Circuit&) const = default;
};

/// A window of local time; `to` ≤ `from` reaches into the next day.
struct TimeWindow {
    std::vector<int> weekdays;  ///< ISO: 1 Monday … 7 Sunday, of the day the window begins; empty = every day
    std::chrono::minutes from{};
    std::chrono::minutes to{};
    std::optional<double> max_current_a;
    bool operator==(const TimeWindow&) const = default;
};

/// What to do when the Load Guard no longer answers at its master.
struct LoadGuardRestart {
    enum class Kind { none, modbus, mqtt, http };
    Kind kind = Kind::none;                 ///< modbus: restart register of the master EVSE
    std::string topic;                      ///< mqtt: the switch's command topic, outside our prefix
    std::string off_payload;                ///< mqtt
    std::string on_payload;                 ///< mqtt; empty where the switch turns on again by itself
    std::string url;                        ///< http: GET, turns the supply off for a few seconds by itself
    std::chrono::seconds off_time{10};      ///< between off and on
    std::chrono::seconds after{60};         ///< silent so long before the first try
    std::chrono::seconds first_pause{300};  ///< between tries; doubles each time
    std::chrono::seconds longest_pause{3600};
    bool operator==(const LoadGuardRestart&) const = default;
};
constexpr auto enum_words(LoadGuardRestart::Kind) {
    using namespace std::string_view_literals;
    using enum LoadGuardRestart::Kind;
    return std::array{std::pair{none, "none"sv}, std::pair{modbus, "modbus"sv}, std::pair{mqtt, "mqtt"sv},
                      std::pair{http, "http"sv}};
}

struct Evse {
    std::string id;
    std::optional<std::string> name;
    std::string profile;  ///< e.g. `etrel-inch`
    std::string host;
    std::uint16_t read_port = 502;
    std::uint16_t write_port = 503;
    std::optional<PortLayout> ports;  ///< absent: found out at start
    int unit = 1;
    int connector = 1;  ///< 2 = second connector of a Duo
    int timeout_ms = 2000;
    bool single_client = false;
    bool master = false;  ///< also carries the Load Guard's readings
    std::chrono::milliseconds poll{1000};
    std::chrono::milliseconds load_guard_poll{1000};
    std::chrono::milliseconds frozen_after{60000};  ///< for the Load Guard
    std::chrono::seconds refresh{
        20};  ///< setpoints are written again so often; within the device's monitoring interval

    std::optional<std::string> circuit;     ///< absent: directly behind the main fuse
    std::string phase_rotation = "L1L2L3";  ///< site phases of its own L1, L2, L3; `L2` for one phase on L2
    int phases = 3;
    double min_current_a = 6;
    double max_current_a = 16;
    double fallback_current_a =
        6;             ///< where nobody with fresh knowledge says otherwise; 0 or ≥ min_current_a
    int priority = 1;  ///< 1 is the most important
    ChargeMode mode = ChargeMode::solar;
    std::vector<TimeWindow> night;
    LoadGuardRestart load_guard_restart;
    bool operator==(const Evse&) const = default;
};

/// EVSEs that are not in the file but may come online.
struct Discovery {
    enum class Adopt { announce, automatic };
    Adopt adopt = Adopt::announce;
    std::string first_host;  ///< IPv4 range, both ends included, at most 256 addresses
    std::string last_host;
    std::uint16_t read_port = 502;
    std::uint16_t write_port = 503;
    std::chrono::seconds every{60};
    double max_current_a = 16;  ///< of adopted ones
    std::optional<std::string> circuit;
    bool operator==(const Discovery&) const = default;
};
constexpr auto enum_words(Discovery::Adopt) {
    using namespace std::string_view_literals;
    using enum Discovery::Adopt;
    return std::array{std::pair{announce, "announce"sv}, std::pair{automatic, "auto"sv}};
}

struct Broker {
    std::string host = "127.0.0.1";
    std::uint16_t port = 1883;
    std::string prefix = "sunherd";
    std::optional<std::string> user;      ///< absent: the service's own name
    std::optional<std::string> password;  ///< from `!secret`
    bool tls = false;
    std::optional<std::string> ca_file;
    bool operator==(const Broker&) const = default;
};

struct Influx {
    std::string url;  ///< http://host:8086
    std::string org;  ///< InfluxDB 2 only
    std::string bucket;
    std::optional<std::string> token;  ///< from `!secret`
    std::optional<std::string> ca_file;
    int spool_mb = 1024;                        ///< most that waits on disk while the database is away
    std::chrono::milliseconds sync_after{200};  ///< what a power cut can cost
    bool wall_connector = true;                 ///< also measurements `twc_…`
    bool fleet = false;                         ///< all sites of the broker's prefix, not only this one
    std::optional<std::string> shard;           ///< of a fleet: `1/3`
    std::optional<std::string> share_group;     ///< MQTT 5 shared subscription
    bool operator==(const Influx&) const = default;
};

/// How ha-discovery announces us.
struct HomeAssistant {
    enum class Language { en, de };
    std::string prefix = "homeassistant";  ///< Home Assistant's own discovery prefix
    Language language = Language::en;      ///< of the entities' names
    bool single_components = false;        ///< one message for each entity: Home Assistant before 2024.12
    bool operator==(const HomeAssistant&) const = default;
};
constexpr auto enum_words(HomeAssistant::Language) {
    using namespace std::string_view_literals;
    using enum HomeAssistant::Language;
    return std::array{std::pair{en, "en"sv}, std::pair{de, "de"sv}};
}

/// A part of the year, the week and the day in which a kWh costs something else.
struct TariffTime {
    std::string season_from{};    ///< `MM-DD`, the first day of a part of each year; empty = all the year
    std::string season_to{};      ///< its last day; before `season_from`: in the year after
    std::vector<int> weekdays{};  ///< ISO: 1 Monday … 7 Sunday, of the day it begins; empty = every day
    std::chrono::minutes from{};
    std::chrono::minutes to{};  ///< ≤ from: on the next day
    std::optional<double> energy_per_kwh{};
    std::optional<double> fees_per_kwh{};
    std::optional<double> feed_in_per_kwh{};
    bool operator==(const TariffTime&) const = default;
};

/// What a kWh costs: (energy + fees) and taxes on both.
struct Tariff {
    std::string currency = "EUR";
    std::optional<double> energy_per_kwh{};  ///< absent: as `slots` says
    std::optional<std::string> slots{};      ///< id of a tariff whose slots are published
    bool slots_all_in = false;               ///< they have fees and taxes in them
    double fees_per_kwh = 0;
    double tax_pct = 0;
    double feed_in_per_kwh = 0;
    std::optional<double> co2_g_per_kwh{};
    std::vector<TariffTime> times{};  ///< of each price the first that has it
    bool operator==(const Tariff&) const = default;
};

/// What the ledger keeps.
struct Ledger {
    int keep_days = 1100;  ///< quarters of an hour, slots, events, commands; sessions and days stay for ever
    bool operator==(const Ledger&) const = default;
};

/// What somebody may do by HTTP.
enum class Access { none, view, control };
constexpr auto enum_words(Access) {
    using namespace std::string_view_literals;
    using enum Access;
    return std::array{std::pair{none, "none"sv}, std::pair{view, "view"sv}, std::pair{control, "control"sv}};
}

struct HttpUser {
    std::string name{};
    std::string password_hash{};  ///< as crypt(5) writes it, e.g. `$y$…`
    Access role = Access::view;
    bool operator==(const HttpUser&) const = default;
};

/// Tokens of somebody else's log-in.
struct Jwt {
    enum class Algorithm { HS256, RS256 };
    Algorithm algorithm = Algorithm::HS256;
    std::string key{};  ///< the secret of HS256, the public key (PEM) of RS256
    std::string audience{};
    std::optional<std::string> issuer{};
    std::string role_claim = "role";  ///< its value is `view` or `control`
    bool operator==(const Jwt&) const = default;
};
constexpr auto enum_words(Jwt::Algorithm) {
    using namespace std::string_view_literals;
    using enum Jwt::Algorithm;
    return std::array{std::pair{HS256, "HS256"sv}, std::pair{RS256, "RS256"sv}};
}

/// How api-gateway is reached.
struct Http {
    std::string bind = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string base_path = "/";                 ///< where a reverse proxy has us
    std::vector<std::string> hosts{};            ///< names it is called by, besides addresses and localhost
    std::vector<std::string> trusted_proxies{};  ///< addresses whose X-Forwarded-… is believed
    std::optional<Access> anonymous{};           ///< absent: control from this machine alone
    std::vector<HttpUser> users{};
    std::optional<Jwt> jwt{};
    bool operator==(const Http&) const = default;
};

/// How statements look.
struct Report {
    enum class Paper { A4, Letter };
    std::vector<std::string> letterhead{};  ///< lines: who states it
    std::optional<std::string> footer{};    ///< e.g. a tax number
    Paper paper = Paper::A4;
    bool operator==(const Report&) const = default;
};
constexpr auto enum_words(Report::Paper) {
    using namespace std::string_view_literals;
    using enum Report::Paper;
    return std::array{std::pair{A4, "A4"sv}, std::pair{Letter, "Letter"sv}};
}

struct Grid {
    int phases = 3;
    double main_fuse_a = 0;
    double nominal_voltage_v = 230;
    std::chrono::milliseconds stale_after{5000};  ///< a grid reading older than this is not known
    std::optional<double> max_import_w;           ///< of all phases, while EVSEs charge
    std::optional<double> max_average_w;          ///< the same as an average of each quarter of an hour
    std::optional<double> max_imbalance_a;        ///< between two phases
    std::optional<topics::FuseCurve> fuse_curve;  ///< of the main fuse; absent: no overload, however short
    topics::Distribution distribution = topics::Distribution::priority;
    bool operator==(const Grid&) const = default;
};

struct Solar {
    std::chrono::seconds start_delay{60};
    std::chrono::seconds stop_delay{180};
    double excess_threshold_w = 0;  ///< what mode `excess` leaves to others
    int max_starts_per_hour = 10;   ///< of one EVSE, by the sun
    bool operator==(const Solar&) const = default;
};

struct Site {
    std::string id;
    std::optional<std::string> name;
    std::string time_zone = "UTC";  ///< IANA
    Grid grid;
    Solar solar;
    std::vector<Circuit> circuits;
    std::vector<Device> devices;
    std::vector<Evse> evses;
    std::optional<Discovery> discovery;
    Broker broker;
    std::optional<Influx> influx;
    HomeAssistant home_assistant;
    std::optional<Tariff> tariff;
    Ledger ledger;
    Http http;
    Report report;
    bool operator==(const Site&) const = default;
};

}  // namespace sunherd::site
