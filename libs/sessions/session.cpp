#include "sessions/session.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::sessions {
namespace {

constexpr double kSomeWh = 1e-9;
constexpr double kSomethingWh = 1;  ///< less has no price that says anything

/// What nobody knows the source of is taken for the grid's.
double paid_wh(const energy::Flow& flow) {
    return std::max(0.0, flow.energy_wh - flow.sun_wh - flow.battery_wh);
}

double rounded(double value, double steps) {
    return std::round(value * steps) / steps;
}

}  // namespace

/// By way of millionths: 1.005 is a little less in binary, and meant to be 1.01.
double to_the_cent(double amount) {
    return std::round(std::round(amount * 1e6) / 1e4) / 100;
}

std::optional<double> Totals::price_per_kwh() const {
    const double priced_wh = energy_wh - unpriced_wh;
    return cost && priced_wh > kSomethingWh ? std::optional(*cost / (priced_wh / 1000)) : std::nullopt;
}

std::optional<double> Slice::cost() const {
    if (!price) {
        return std::nullopt;
    }
    const double own_wh = flow.sun_wh + flow.battery_wh;
    return (paid_wh(flow) * price->price_per_kwh + own_wh * price->feed_in_per_kwh.value_or(0)) / 1000;
}

std::optional<double> Slice::co2_g() const {
    return price && price->co2_g_per_kwh ? std::optional(paid_wh(flow) * *price->co2_g_per_kwh / 1000)
                                         : std::nullopt;
}

Totals totals_of(const Slices& slices) {
    Totals totals;
    bool all_co2 = true;
    double co2_g = 0;
    for (const auto& [start, slice] : slices) {
        totals.energy_wh += slice.flow.energy_wh;
        totals.sun_wh += slice.flow.sun_wh;
        totals.battery_wh += slice.flow.battery_wh;
        totals.grid_wh += slice.flow.grid_wh;
        if (const auto cost = slice.cost()) {
            totals.cost = totals.cost.value_or(0) + *cost;
        } else {
            totals.unpriced_wh += slice.flow.energy_wh;
        }
        const auto grams = slice.co2_g();
        all_co2 = all_co2 && (grams || slice.flow.energy_wh < kSomeWh);
        co2_g += grams.value_or(0);
    }
    if (totals.cost) {
        totals.cost = to_the_cent(*totals.cost);
    }
    if (all_co2 && totals.energy_wh > kSomeWh) {
        totals.co2_g = co2_g;
    }
    return totals;
}

topics::Session to_message(const Session& session, const Totals& totals, const std::string& currency) {
    topics::Session message;
    message.session = session.id;
    message.start_time = session.start;
    message.end_time = session.end;
    message.duration_s = rounded(session.duration_s, 1);
    message.charging_s = rounded(session.charging_s, 1);
    message.energy_wh = rounded(totals.energy_wh, 10);
    message.sun_wh = rounded(totals.sun_wh, 10);
    message.battery_wh = rounded(totals.battery_wh, 10);
    message.grid_wh = rounded(totals.grid_wh, 10);
    if (session.charging_s >= 1) {
        message.avg_power_w = rounded(totals.energy_wh / (session.charging_s / 3600), 1);
        message.peak_power_w = rounded(session.peak_power_w, 1);
    }
    if (totals.cost) {
        message.cost = totals.cost;
        message.currency = currency;
        if (const auto price = totals.price_per_kwh()) {
            message.avg_price_per_kwh = rounded(*price, 1e4);
        }
    }
    if (totals.co2_g) {
        message.co2_g = rounded(*totals.co2_g, 1);
    }
    message.vehicle = session.vehicle;
    message.mode = session.mode;
    message.interruptions = session.interruptions;
    return message;
}

}  // namespace sunherd::sessions
