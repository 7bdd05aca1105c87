#include "energy/power_integral.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::energy {
namespace {

constexpr double kLongestGapS = 60;

}  // namespace

double PowerIntegral::add(double power_w, Moment at) {
    if (!std::isfinite(power_w)) {
        return 0;
    }
    const double now_w = std::clamp(power_w, 0.0, kMostW);
    const double seconds = at_ ? std::chrono::duration<double>(at - *at_).count() : 0;
    const double energy_wh = std::clamp(seconds, 0.0, kLongestGapS) * (power_w_ + now_w) / 2 / 3600;
    at_ = at;
    power_w_ = now_w;
    return energy_wh;
}

}  // namespace sunherd::energy
