#include "sessions/mix.hpp"

#include <algorithm>

namespace sunherd::sessions {

energy::Mix mix_of(const SiteFlows& flows) {
    if (flows.evse_w <= 0) {
        return {};
    }
    const double sun_w = std::max(0.0, flows.pv_w);
    const double battery_w = std::max(0.0, flows.battery_w);
    const double house_w = std::max(0.0, flows.grid_w + flows.pv_w + flows.battery_w - flows.evse_w);
    const double from_sun_w = std::clamp(sun_w - house_w, 0.0, flows.evse_w);
    const double battery_left_w = battery_w - std::max(0.0, house_w - sun_w);
    const double from_battery_w = std::clamp(battery_left_w, 0.0, flows.evse_w - from_sun_w);
    energy::Mix mix{.sun = from_sun_w / flows.evse_w, .battery = from_battery_w / flows.evse_w};
    mix.grid = std::clamp(1 - mix.sun - mix.battery, 0.0, std::max(0.0, flows.grid_w) / flows.evse_w);
    return mix;
}

}  // namespace sunherd::sessions
