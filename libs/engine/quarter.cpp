#include "engine/quarter.hpp"

#include "engine/draw.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

constexpr Instant kQuarter{900'000};
constexpr Instant kClockSteps{60'000};  ///< the wall clock is corrected by less than this
constexpr Instant kLeast{10'000};       ///< the rest is spread over no less: no leap at the end

double seconds(Instant span) {
    return static_cast<double>(span.count()) / 1000;
}

/// A quarter that ends before its time is a clock that was set: what was imported stays.
void begin_new(const Site& site, double allowed_w, QuarterMemory& memory) {
    const Instant left = std::clamp(site.quarter_left, Instant(0), kQuarter);
    const Instant ends_at = site.now + left;
    const bool is_over = !memory.ends_at || site.now + kClockSteps / 2 >= *memory.ends_at;
    const bool is_another = !memory.ends_at || ends_at - *memory.ends_at > kClockSteps;
    if (!memory.ends_at) {
        // Nobody knows what was imported before: what may be.
        memory.imported_ws = allowed_w * seconds(kQuarter - left);
    } else if (is_over && is_another) {
        memory.imported_ws = 0;
    }
    memory.ends_at = ends_at;
}

}  // namespace

std::optional<double> rest_of_quarter(const Site& site, std::optional<double> grid_w, QuarterMemory& memory) {
    const auto average_w = finite(site.max_average_w);
    if (!average_w) {
        memory = {};
        return std::nullopt;
    }
    const double allowed_w = std::max(0.0, *average_w);
    const auto read_at = site.circuits.front().read_at;
    if (memory.read_at && site.now > *memory.read_at) {
        const double power_w = grid_w ? memory.power_w : std::max(memory.power_w, allowed_w);
        memory.imported_ws += power_w * seconds(std::min(site.now - *memory.read_at, kQuarter));
    }
    memory.read_at = site.now;
    if (grid_w && read_at) {
        memory.power_w = std::max(0.0, *grid_w);
    }
    begin_new(site, allowed_w, memory);
    const Instant left = std::max(kLeast, *memory.ends_at - site.now);
    return std::max(0.0, allowed_w * seconds(kQuarter) - memory.imported_ws) / seconds(left);
}

}  // namespace sunherd::engine
