#include "house/visits.hpp"

#include "house/noise.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace sunherd::house {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using topics::Timestamp;

constexpr std::array kCars{
    CarModel{},
    CarModel{.dead_time_s = 1.0, .ramp_a_per_s = 4, .step_a = 1},
    CarModel{
        .phases = 1, .dead_time_s = 2.0, .ramp_a_per_s = 8, .ignores_below_a = 0.4, .capacity_wh = 40000},
    CarModel{.phases = 2, .dead_time_s = 1.2, .ramp_a_per_s = 5},
};

/// Real seconds after the start, and what the first three want.
struct FirstVisit {
    int after_s;
    double energy_wh;
};
constexpr std::array kFirstVisits{FirstVisit{20, 20000}, FirstVisit{60, 15000}, FirstVisit{100, 12000}};
constexpr int kBuiltInDays = 60;

Timestamp real_seconds_later(const VisitPlan& plan, double seconds) {
    return plan.start + milliseconds(std::llround(seconds * plan.speed * 1000));
}

/// The first car comes soon after the start and leaves after ten hours, or before the next one of the trace.
Visit first_visit(std::size_t point, const VisitPlan& plan, const std::vector<Visit>& others) {
    const auto& first = kFirstVisits.at(point % kFirstVisits.size());
    const std::size_t round = point / kFirstVisits.size();
    const double later_s = 10.0 * static_cast<double>(round);
    const auto arrive = real_seconds_later(plan, first.after_s + later_s);
    auto depart = std::max(plan.start + hours(10), real_seconds_later(plan, 3600));
    if (!others.empty()) {
        depart = std::min(depart, others.front().arrive - minutes(10));
    }
    return {arrive, depart, car_wanting(first.energy_wh, car_model(point))};
}

/// Then one comes home every evening.
void add_evenings(std::size_t point, const VisitPlan& plan, std::vector<Visit>& visits) {
    const auto first_evening = std::chrono::floor<days>(visits.back().depart) + days(1);
    for (int day = 0; day < kBuiltInDays; ++day) {
        const auto index = static_cast<std::uint64_t>(day);
        const auto late = minutes(static_cast<int>(120 * uniform_at(plan.seed + point, index, 1)));
        const double energy_wh = 6000 + 16000 * uniform_at(plan.seed + point, index, 2);
        const Timestamp arrive = first_evening + days(day) + hours(16) + late;
        visits.push_back({arrive, arrive + hours(13), car_wanting(energy_wh, car_model(point))});
    }
}

std::vector<Visit> recorded(const std::vector<Session>& sessions, std::size_t point, Timestamp start) {
    std::vector<Visit> visits;
    const std::string letter(1, static_cast<char>('A' + point % 26));
    for (const auto& session : sessions) {
        if (session.evse == letter && point < 26 && session.depart > start) {
            visits.push_back(
                {session.arrive, session.depart, car_wanting(session.energy_wh, car_model(point))});
        }
    }
    std::sort(visits.begin(), visits.end(),
              [](const Visit& a, const Visit& b) { return a.arrive < b.arrive; });
    return visits;
}

}  // namespace

const CarModel& car_model(std::size_t index) {
    return kCars.at(index % kCars.size());
}

Car car_wanting(double energy_wh, const CarModel& model) {
    CarModel fitting = model;
    const double missing_wh = energy_wh * model.efficiency;
    fitting.capacity_wh = std::max(model.capacity_wh, missing_wh * 1.1);
    return {fitting, fitting.capacity_wh - missing_wh};
}

std::vector<std::vector<Visit>> plan_visits(const std::vector<Session>& sessions, std::size_t charge_points,
                                            const VisitPlan& plan) {
    std::vector<std::vector<Visit>> all(charge_points);
    for (std::size_t point = 0; point < charge_points; ++point) {
        auto& visits = all[point];
        if (plan.source != CarSource::built_in) {
            visits = recorded(sessions, point, plan.start);
        }
        const bool soon = !visits.empty() && visits.front().arrive < plan.start + hours(1);
        if (plan.source == CarSource::trace || soon) {
            continue;
        }
        const bool alone = visits.empty();
        visits.insert(visits.begin(), first_visit(point, plan, visits));
        if (alone) {
            add_evenings(point, plan, visits);
        }
    }
    return all;
}

}  // namespace sunherd::house
