#pragma once

#include "energy/energy_meter.hpp"
#include "topics/messages.hpp"

#include <map>
#include <optional>
#include <string>

namespace sunherd::sessions {

using topics::Timestamp;

/// What of a session flowed in one stretch of time with one price.
struct Slice {
    energy::Flow flow{};
    std::optional<topics::PriceSlot> price{};  ///< absent: not known (yet)

    /// Grid energy, and what is not known from where, at the price; the sun's and the battery's at what it
    /// would have earned. Absent while the price is not known.
    std::optional<double> cost() const;
    /// Of what came from the grid, and from nobody knows where; absent where the grid's emissions are not
    /// known.
    std::optional<double> co2_g() const;
};

/// Slices by their start.
using Slices = std::map<Timestamp, Slice>;

/// Sums of a session.
struct Totals {
    double energy_wh = 0;
    double sun_wh = 0;
    double battery_wh = 0;
    double grid_wh = 0;
    std::optional<double> cost{};  ///< to the cent; absent where no price is known
    double unpriced_wh = 0;        ///< what is not in `cost`
    std::optional<double> co2_g{};

    /// Of what has a price; absent where that is next to nothing.
    std::optional<double> price_per_kwh() const;
    bool operator==(const Totals&) const = default;
};
Totals totals_of(const Slices& slices);

/// To the hundredth, halves away from zero.
double to_the_cent(double amount);

/// From plug-in to unplug, without what flowed.
struct Session {
    std::string id{};  ///< `garage-20260621T101500Z`
    std::string evse{};
    Timestamp start{};
    std::optional<Timestamp> end{};
    double duration_s = 0;
    double charging_s = 0;
    double peak_power_w = 0;
    int interruptions = 0;
    std::optional<topics::ChargeMode> mode{};
    std::optional<std::string> vehicle{};

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("id", m.id);
        field("evse", m.evse);
        field("start", m.start);
        field("end", m.end);
        field("duration_s", m.duration_s);
        field("charging_s", m.charging_s);
        field("peak_power_w", m.peak_power_w);
        field("interruptions", m.interruptions);
        field("mode", m.mode);
        field("vehicle", m.vehicle);
    }
    bool operator==(const Session&) const = default;
};

/// As it goes out on `session/{evse}/…`.
topics::Session to_message(const Session& session, const Totals& totals, const std::string& currency);

}  // namespace sunherd::sessions
