#pragma once

#include "engine/decide.hpp"

#include <optional>

namespace sunherd::engine {

/// Brings the energy imported in this quarter of an hour up to date. Time without readings counts as the
/// larger of what was imported before and what may be on average. The result is what may be imported for the
/// rest of the quarter, W; absent where there is no such limit.
std::optional<double> rest_of_quarter(const Site& site, std::optional<double> grid_w, QuarterMemory& memory);

}  // namespace sunherd::engine
