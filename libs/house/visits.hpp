#pragma once

#include "house/car.hpp"
#include "house/trace.hpp"

#include <cstdint>
#include <vector>

namespace sunherd::house {

/// A car at a charge point, from when to when, by the trace's clock.
struct Visit {
    topics::Timestamp arrive{};
    topics::Timestamp depart{};
    Car car;
};

/// Which cars come: those of the trace, the built-in ones, or the trace's and, where none of it stands there
/// within the first hour, a built-in one so that there is always something to see.
enum class CarSource { automatic, trace, built_in };

struct VisitPlan {
    CarSource source = CarSource::automatic;
    topics::Timestamp start{};  ///< of the play
    double speed = 1;           ///< of the trace's clock
    std::uint64_t seed = 1;
};

/// The built-in kinds of cars, in turn: three phases; three phases in whole amperes; one phase that ignores
/// small changes; two phases.
const CarModel& car_model(std::size_t index);

/// A car that still takes `energy_wh` from the plug.
Car car_wanting(double energy_wh, const CarModel& model);

/// Visits of each of `charge_points`, in order of time. A session's letter says which one: A the first, B the
/// second …
std::vector<std::vector<Visit>> plan_visits(const std::vector<Session>& sessions, std::size_t charge_points,
                                            const VisitPlan& plan);

}  // namespace sunherd::house
