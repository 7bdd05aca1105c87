#pragma once

#include "topics/enums.hpp"
#include "topics/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Messages of prices, cars, and what charging came to; see messages.hpp.
namespace sunherd::topics {

/// `session/{evse}/current` and `session/{evse}/last`: a charging session, from plug-in to unplug, as it runs
/// and as it ended.
struct Session {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::string session;
    Timestamp start_time{};
    std::optional<Timestamp> end_time;
    double duration_s = 0;
    std::optional<double> charging_s;
    double energy_wh = 0;
    std::optional<double> avg_power_w;
    std::optional<double> peak_power_w;
    std::optional<double> sun_wh;
    std::optional<double> battery_wh;
    std::optional<double> grid_wh;
    std::optional<double> cost;
    std::optional<double> avg_price_per_kwh;
    std::optional<std::string> currency;
    std::optional<double> co2_g;
    std::optional<std::string> vehicle;
    std::optional<ChargeMode> mode;
    std::optional<int> interruptions;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("session", m.session);
        field("start_time", m.start_time);
        field("end_time", m.end_time);
        field("duration_s", m.duration_s);
        field("charging_s", m.charging_s);
        field("energy_wh", m.energy_wh);
        field("avg_power_w", m.avg_power_w);
        field("peak_power_w", m.peak_power_w);
        field("sun_wh", m.sun_wh);
        field("battery_wh", m.battery_wh);
        field("grid_wh", m.grid_wh);
        field("cost", m.cost);
        field("avg_price_per_kwh", m.avg_price_per_kwh);
        field("currency", m.currency);
        field("co2_g", m.co2_g);
        field("vehicle", m.vehicle);
        field("mode", m.mode);
        field("interruptions", m.interruptions);
    }
    bool operator==(const Session&) const = default;
};

/// `tariff/{id}/now`: the price in force. Prices are for a kWh, in `currency`.
struct TariffNow {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::string currency;
    double price_per_kwh = 0;
    std::optional<double> energy_price_per_kwh;
    std::optional<double> feed_in_per_kwh;
    Timestamp valid_from{};
    std::optional<Timestamp> valid_until;
    std::optional<double> hour_avg_per_kwh;
    std::optional<double> hour_min_per_kwh;
    std::optional<double> hour_max_per_kwh;
    std::optional<double> co2_g_per_kwh{};

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("currency", m.currency);
        field("price_per_kwh", m.price_per_kwh);
        field("energy_price_per_kwh", m.energy_price_per_kwh);
        field("feed_in_per_kwh", m.feed_in_per_kwh);
        field("valid_from", m.valid_from);
        field("valid_until", m.valid_until);
        field("hour_avg_per_kwh", m.hour_avg_per_kwh);
        field("hour_min_per_kwh", m.hour_min_per_kwh);
        field("hour_max_per_kwh", m.hour_max_per_kwh);
        field("co2_g_per_kwh", m.co2_g_per_kwh);
    }
    bool operator==(const TariffNow&) const = default;
};

/// A stretch of time with one price.
struct PriceSlot {
    Timestamp start{};
    Timestamp end{};
    double price_per_kwh = 0;                      ///< all in
    std::optional<double> energy_price_per_kwh{};  ///< of it the energy itself, before fees and taxes
    std::optional<double> feed_in_per_kwh{};
    std::optional<double> co2_g_per_kwh{};

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("start", m.start);
        field("end", m.end);
        field("price_per_kwh", m.price_per_kwh);
        field("energy_price_per_kwh", m.energy_price_per_kwh);
        field("feed_in_per_kwh", m.feed_in_per_kwh);
        field("co2_g_per_kwh", m.co2_g_per_kwh);
    }
    bool operator==(const PriceSlot&) const = default;
};

/// `tariff/{id}/forecast`: prices as far as they are known, in order of time. Past ones may be among them.
struct TariffForecast {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::string currency;
    std::vector<PriceSlot> slots;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("currency", m.currency);
        field("slots", m.slots);
    }
    bool operator==(const TariffForecast&) const = default;
};

/// `vehicle/{id}/state`: what a car says of itself.
struct VehicleState {
    Timestamp time{};
    std::uint64_t seq = 0;
    std::optional<std::string> name;
    std::optional<double> soc_pct;
    std::optional<double> target_soc_pct;
    std::optional<double> capacity_wh;
    std::optional<double> range_km;
    std::optional<double> odometer_km;
    std::optional<bool> plugged;
    std::optional<bool> charging;
    std::optional<std::string> evse;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("time", m.time);
        field("seq", m.seq);
        field("name", m.name);
        field("soc_pct", m.soc_pct);
        field("target_soc_pct", m.target_soc_pct);
        field("capacity_wh", m.capacity_wh);
        field("range_km", m.range_km);
        field("odometer_km", m.odometer_km);
        field("plugged", m.plugged);
        field("charging", m.charging);
        field("evse", m.evse);
    }
    bool operator==(const VehicleState&) const = default;
};

}  // namespace sunherd::topics
