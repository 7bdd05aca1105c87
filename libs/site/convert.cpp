#include "site/convert.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace sunherd::site {
namespace {

void assign(const Value& node, std::string& to) {
    to = node.text;
}

void assign(const Value& node, bool& to) {
    to = node.truth;
}

void assign(const Value& node, double& to) {
    to = node.number;
}

void assign(const Value& node, int& to) {
    to = static_cast<int>(std::lround(node.number));
}

void assign(const Value& node, std::uint16_t& to) {
    to = static_cast<std::uint16_t>(std::lround(node.number));
}

void assign(const Value& node, std::chrono::milliseconds& to) {
    to = std::chrono::milliseconds(std::llround(node.number * 1000));
}

void assign(const Value& node, std::chrono::seconds& to) {
    to = std::chrono::seconds(std::llround(node.number));
}

/// `22:30`, as the schema's pattern has it.
void assign(const Value& node, std::chrono::minutes& to) {
    const auto digit = [&](std::size_t i) { return node.text.at(i) - '0'; };
    to = std::chrono::minutes((digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4));
}

template <topics::Worded E>
void assign(const Value& node, E& to) {
    to = topics::from_word<E>(node.text).value_or(to);
}

// Declared ahead: argument-dependent look-up does not see into the unnamed namespace.
void assign(const Value& node, Circuit& to);
void assign(const Value& node, Device& to);
void assign(const Value& node, TimeWindow& to);
void assign(const Value& node, LoadGuardRestart& to);
void assign(const Value& node, Evse& to);
void assign(const Value& node, Discovery& to);
void assign(const Value& node, Broker& to);
void assign(const Value& node, Influx& to);
void assign(const Value& node, HomeAssistant& to);
void assign(const Value& node, Tariff& to);
void assign(const Value& node, TariffTime& to);
void assign(const Value& node, Ledger& to);
void assign(const Value& node, HttpUser& to);
void assign(const Value& node, Jwt& to);
void assign(const Value& node, Http& to);
void assign(const Value& node, Report& to);
void assign(const Value& node, Grid& to);
void assign(const Value& node, Site& to);
void assign(const Value& node, Solar& to);
void assign(const Value& node, BatteryRules& to);

template <class T>
void assign(const Value& node, std::vector<T>& to) {
    for (const auto& item : node.items) {
        assign(*item, to.emplace_back());
    }
}

template <class T>
void assign(const Value& node, std::optional<T>& to) {
    assign(node, to.emplace());
}

template <class T>
void take(const Value& map, std::string_view key, T& to) {
    if (const Value* node = map.find(key)) {
        assign(*node, to);
    }
}

void assign(const Value& node, Circuit& to) {
    take(node, "id", to.id);
    take(node, "parent", to.parent);
    take(node, "fuse_a", to.fuse_a);
    take(node, "max_w", to.max_w);
    take(node, "fuse_curve", to.fuse_curve);
    take(node, "distribution", to.distribution);
    take(node, "meter", to.meter);
}

void assign(const Value& node, BatteryRules& to) {
    take(node, "min_soc_pct", to.min_soc_pct);
    take(node, "spare_below_min", to.spare_below_min);
    take(node, "target_soc_pct", to.target_soc_pct);
    take(node, "soc_hysteresis_pct", to.soc_hysteresis_pct);
    take(node, "max_charge_w", to.max_charge_w);
    take(node, "max_discharge_w", to.max_discharge_w);
}

void assign(const Value& node, Device& to) {
    take(node, "id", to.id);
    take(node, "name", to.name);
    take(node, "profile", to.profile);
    take(node, "role", to.role);
    take(node, "host", to.endpoint.host);
    take(node, "port", to.endpoint.port);
    take(node, "unit", to.endpoint.unit);
    std::chrono::milliseconds timeout{to.endpoint.timeout_ms};
    take(node, "timeout_s", timeout);
    to.endpoint.timeout_ms = static_cast<int>(timeout.count());
    take(node, "single_client", to.endpoint.single_client);
    take(node, "poll_s", to.poll);
    take(node, "frozen_after_s", to.frozen_after);
    take(node, "invert", to.invert);
    take(node, "battery", to.battery);
}

/// ISO weekdays, in order, each once.
void take_days(const Value& map, std::vector<int>& to) {
    constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const Value* days = map.find("days");
    for (std::size_t day = 0; days != nullptr && day < kDays.size(); ++day) {
        for (const auto& named : days->items) {
            if (named->text == kDays[day] && (to.empty() || to.back() != static_cast<int>(day) + 1)) {
                to.push_back(static_cast<int>(day) + 1);
            }
        }
    }
}

void assign(const Value& node, TimeWindow& to) {
    take_days(node, to.weekdays);
    take(node, "from", to.from);
    take(node, "to", to.to);
    take(node, "max_current_a", to.max_current_a);
}

void assign(const Value& node, LoadGuardRestart& to) {
    take(node, "by", to.kind);
    take(node, "topic", to.topic);
    take(node, "off", to.off_payload);
    take(node, "on", to.on_payload);
    take(node, "url", to.url);
    take(node, "off_time_s", to.off_time);
    take(node, "after_s", to.after);
    take(node, "first_pause_s", to.first_pause);
    take(node, "longest_pause_s", to.longest_pause);
}

void take_connection(const Value& node, Evse& to) {
    take(node, "host", to.host);
    take(node, "read_port", to.read_port);
    take(node, "write_port", to.write_port);
    take(node, "ports", to.ports);
    take(node, "unit", to.unit);
    take(node, "connector", to.connector);
    std::chrono::milliseconds timeout{to.timeout_ms};
    take(node, "timeout_s", timeout);
    to.timeout_ms = static_cast<int>(timeout.count());
    take(node, "single_client", to.single_client);
    take(node, "poll_s", to.poll);
    take(node, "load_guard_poll_s", to.load_guard_poll);
    take(node, "frozen_after_s", to.frozen_after);
    take(node, "refresh_s", to.refresh);
}

void assign(const Value& node, Evse& to) {
    take(node, "id", to.id);
    take(node, "name", to.name);
    take(node, "profile", to.profile);
    take_connection(node, to);
    take(node, "master", to.master);
    take(node, "circuit", to.circuit);
    take(node, "phases", to.phases);
    take(node, "phase_rotation", to.phase_rotation);
    take(node, "min_current_a", to.min_current_a);
    take(node, "max_current_a", to.max_current_a);
    take(node, "fallback_current_a", to.fallback_current_a);
    take(node, "priority", to.priority);
    take(node, "mode", to.mode);
    take(node, "night", to.night);
    take(node, "load_guard_restart", to.load_guard_restart);
}

void assign(const Value& node, Discovery& to) {
    take(node, "adopt", to.adopt);
    take(node, "first_host", to.first_host);
    take(node, "last_host", to.last_host);
    take(node, "read_port", to.read_port);
    take(node, "write_port", to.write_port);
    take(node, "every_s", to.every);
    take(node, "max_current_a", to.max_current_a);
    take(node, "circuit", to.circuit);
}

void assign(const Value& node, Broker& to) {
    take(node, "host", to.host);
    take(node, "port", to.port);
    take(node, "prefix", to.prefix);
    take(node, "user", to.user);
    take(node, "password", to.password);
    take(node, "tls", to.tls);
    take(node, "ca_file", to.ca_file);
    to.tls = to.tls || to.ca_file.has_value();
}

void assign(const Value& node, Influx& to) {
    take(node, "url", to.url);
    take(node, "org", to.org);
    take(node, "bucket", to.bucket);
    take(node, "token", to.token);
    take(node, "ca_file", to.ca_file);
    take(node, "spool_mb", to.spool_mb);
    take(node, "sync_s", to.sync_after);
    take(node, "wall_connector", to.wall_connector);
    take(node, "fleet", to.fleet);
    take(node, "shard", to.shard);
    take(node, "share_group", to.share_group);
}

void assign(const Value& node, HomeAssistant& to) {
    take(node, "prefix", to.prefix);
    take(node, "language", to.language);
    take(node, "single_components", to.single_components);
}

void assign(const Value& node, TariffTime& to) {
    take(node, "season_from", to.season_from);
    take(node, "season_to", to.season_to);
    take_days(node, to.weekdays);
    take(node, "from", to.from);
    take(node, "to", to.to);
    take(node, "energy_per_kwh", to.energy_per_kwh);
    take(node, "fees_per_kwh", to.fees_per_kwh);
    take(node, "feed_in_per_kwh", to.feed_in_per_kwh);
}

void assign(const Value& node, Tariff& to) {
    take(node, "currency", to.currency);
    take(node, "energy_per_kwh", to.energy_per_kwh);
    take(node, "slots", to.slots);
    take(node, "slots_all_in", to.slots_all_in);
    take(node, "fees_per_kwh", to.fees_per_kwh);
    take(node, "tax_pct", to.tax_pct);
    take(node, "feed_in_per_kwh", to.feed_in_per_kwh);
    take(node, "co2_g_per_kwh", to.co2_g_per_kwh);
    take(node, "times", to.times);
}

void assign(const Value& node, Ledger& to) {
    take(node, "keep_days", to.keep_days);
}

void assign(const Value& node, HttpUser& to) {
    take(node, "name", to.name);
    take(node, "password_hash", to.password_hash);
    take(node, "role", to.role);
}

void assign(const Value& node, Jwt& to) {
    take(node, "algorithm", to.algorithm);
    take(node, "key", to.key);
    take(node, "audience", to.audience);
    take(node, "issuer", to.issuer);
    take(node, "role_claim", to.role_claim);
}

void assign(const Value& node, Http& to) {
    take(node, "bind", to.bind);
    take(node, "port", to.port);
    take(node, "base_path", to.base_path);
    take(node, "hosts", to.hosts);
    take(node, "trusted_proxies", to.trusted_proxies);
    take(node, "anonymous", to.anonymous);
    take(node, "users", to.users);
    take(node, "jwt", to.jwt);
}

void assign(const Value& node, Report& to) {
    take(node, "letterhead", to.letterhead);
    take(node, "footer", to.footer);
    take(node, "paper", to.paper);
}

void assign(const Value& node, Grid& to) {
    take(node, "phases", to.phases);
    take(node, "main_fuse_a", to.main_fuse_a);
    take(node, "nominal_voltage_v", to.nominal_voltage_v);
    take(node, "stale_after_s", to.stale_after);
    take(node, "max_import_w", to.max_import_w);
    take(node, "max_average_w", to.max_average_w);
    take(node, "max_imbalance_a", to.max_imbalance_a);
    take(node, "fuse_curve", to.fuse_curve);
    take(node, "distribution", to.distribution);
}

void assign(const Value& node, Site& to) {
    take(node, "id", to.id);
    take(node, "name", to.name);
    take(node, "time_zone", to.time_zone);
}

void assign(const Value& node, Solar& to) {
    take(node, "start_delay_s", to.start_delay);
    take(node, "stop_delay_s", to.stop_delay);
    take(node, "excess_threshold_w", to.excess_threshold_w);
    take(node, "max_starts_per_hour", to.max_starts_per_hour);
}

/// A one-phase connection needs no word about phases: there is only L1.
void complete_phases(const Value& evses, const Grid& grid, std::vector<Evse>& to) {
    for (std::size_t i = 0; grid.phases == 1 && i < to.size(); ++i) {
        const Value& node = *evses.items[i];
        if (node.find("phases") == nullptr) {
            to[i].phases = 1;
        }
        if (node.find("phase_rotation") == nullptr) {
            to[i].phase_rotation = "L1";
        }
    }
}

}  // namespace

Site convert(const Value& root, const Problems& problems) {
    Site site;
    const auto take_section = [&](std::string_view key, auto& to) {
        if (!problems.touch(key)) {
            take(root, key, to);
        }
    };
    take_section("site", site);
    take_section("grid", site.grid);
    take_section("solar", site.solar);
    take_section("circuits", site.circuits);
    take_section("devices", site.devices);
    take_section("evses", site.evses);
    take_section("discovery", site.discovery);
    take_section("broker", site.broker);
    take_section("influx", site.influx);
    take_section("home_assistant", site.home_assistant);
    take_section("tariff", site.tariff);
    take_section("ledger", site.ledger);
    take_section("http", site.http);
    take_section("report", site.report);
    if (!site.evses.empty()) {
        complete_phases(*root.find("evses"), site.grid, site.evses);
    }
    return site;
}

}  // namespace sunherd::site
