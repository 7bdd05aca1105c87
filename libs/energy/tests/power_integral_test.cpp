#include "energy/power_integral.hpp"

#include <catch2/catch.hpp>

#include <limits>

using sunherd::energy::PowerIntegral;
using namespace std::chrono_literals;

TEST_CASE("power becomes energy, but not over a silence, backwards, or from nonsense") {
    const PowerIntegral::Moment start{100h};
    PowerIntegral integral;
    CHECK(integral.add(3600, start) == 0);
    CHECK(integral.add(3600, start + 10s) == Approx(10));
    CHECK(integral.add(0, start + 20s) == Approx(5));
    CHECK(integral.add(std::numeric_limits<double>::quiet_NaN(), start + 25s) == 0);
    CHECK(integral.add(-3600, start + 30s) == 0);
    CHECK(integral.add(3600, start + 20s) == 0);
    CHECK(integral.add(3600, start + 2h) == Approx(60));
    CHECK(integral.add(1e12, start + 2h + 60s) < 17'000);
}
