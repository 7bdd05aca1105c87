#include "house/built_in_day.hpp"

#include "house/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace sunherd::house {
namespace {

constexpr double kDayS = 86400;

double radians(double degrees) {
    return degrees * std::numbers::pi / 180;
}

double seconds_of(topics::Timestamp time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000;
}

/// Smooth noise 0 … 1 with one knot each `period_s`.
double smooth_noise(std::uint64_t seed, double seconds, double period_s) {
    const double position = seconds / period_s;
    const double knot = std::floor(position);
    const auto index = static_cast<std::uint64_t>(static_cast<std::int64_t>(knot));
    const double x = position - knot;
    const double blend = x * x * (3 - 2 * x);
    return uniform_at(seed, index) * (1 - blend) + uniform_at(seed, index + 1) * blend;
}

/// Something that is switched on once a day, around its hour (UTC), on most days.
struct Appliance {
    double hour;
    double spread_h;
    double minutes;
    double power_w;
    std::size_t phase;
    double share_of_days;
};

constexpr std::array kAppliances{
    Appliance{5.2, 0.5, 6, 1900, 1, 0.9},    // kettle and toaster
    Appliance{8.5, 1.5, 75, 900, 0, 0.4},    // washing machine
    Appliance{10.3, 0.7, 35, 2200, 2, 0.7},  // hob at noon
    Appliance{12.5, 1.0, 90, 700, 1, 0.6},   // dishwasher
    Appliance{16.8, 0.8, 45, 2600, 2, 0.9},  // oven and hob
    Appliance{18.5, 1.0, 150, 180, 0, 1.0},  // television, light
};

}  // namespace

double BuiltInDay::clear_sky_w(topics::Timestamp time) const {
    const double seconds = seconds_of(time);
    const double day = std::fmod(seconds / kDayS, 365.2425) + 1;
    const double solar_hour = std::fmod(seconds, kDayS) / 3600 + place_.longitude_deg / 15;
    const double declination = radians(23.44) * std::sin(2 * std::numbers::pi * (284 + day) / 365.2425);
    const double hour_angle = radians(15 * (solar_hour - 12));
    const double latitude = radians(place_.latitude_deg);
    const double height = std::sin(latitude) * std::sin(declination) +
                          std::cos(latitude) * std::cos(declination) * std::cos(hour_angle);
    return place_.peak_w * std::pow(std::max(0.0, height), 1.15);
}

double BuiltInDay::cloud_share(double seconds) const {
    const double weather = smooth_noise(seed_ + 1, seconds, 4 * 3600);
    const double cloud =
        0.65 * smooth_noise(seed_ + 2, seconds, 420) + 0.35 * smooth_noise(seed_ + 3, seconds, 70);
    // A fair day is clear most of the time, with single clouds; a dull one rarely.
    return std::clamp((cloud - 0.75 + 0.4 * weather) * 4, 0.0, 0.8);
}

PerPhase BuiltInDay::appliances_w(double seconds) const {
    PerPhase power_w{};
    const double day = std::floor(seconds / kDayS);
    const double hour = (seconds - day * kDayS) / 3600;
    const auto day_index = static_cast<std::uint64_t>(static_cast<std::int64_t>(day));
    for (std::size_t i = 0; i < kAppliances.size(); ++i) {
        const Appliance& appliance = kAppliances.at(i);
        const bool today = uniform_at(seed_ + 4, day_index, i) < appliance.share_of_days;
        const double begins =
            appliance.hour + appliance.spread_h * (2 * uniform_at(seed_ + 5, day_index, i) - 1);
        if (today && hour >= begins && hour < begins + appliance.minutes / 60) {
            power_w.at(appliance.phase) += appliance.power_w;
        }
    }
    const bool fridge_runs = std::fmod(seconds + 600 * uniform_at(seed_, 6), 2700) < 900;
    power_w[0] += fridge_runs ? 90 : 0;
    return power_w;
}

Demand BuiltInDay::at(topics::Timestamp time) const {
    const double seconds = seconds_of(time);
    Demand demand;
    demand.pv_w = clear_sky_w(time) * (1 - cloud_share(seconds));
    demand.house_w = appliances_w(seconds);
    for (std::size_t phase = 0; phase < 3; ++phase) {
        demand.house_w.at(phase) += 50 + 40 * smooth_noise(seed_ + 10 + phase, seconds, 180);
    }
    return demand;
}

}  // namespace sunherd::house
