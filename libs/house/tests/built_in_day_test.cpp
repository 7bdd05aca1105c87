#include "house/built_in_day.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

using sunherd::house::BuiltInDay;
using sunherd::house::sum;
using namespace sunherd::topics;

namespace {

Timestamp at(const char* text) {
    return parse_rfc3339(text).value();
}

}  // namespace

TEST_CASE("the built-in sun shines by day and more in summer") {
    const BuiltInDay day(7);
    CHECK(day.at(at("2026-06-21T23:30:00Z")).pv_w == 0);
    CHECK(day.clear_sky_w(at("2026-06-21T11:00:00Z")) > 2 * day.clear_sky_w(at("2026-12-21T11:00:00Z")));
    CHECK(day.clear_sky_w(at("2026-06-21T11:00:00Z")) > day.clear_sky_w(at("2026-06-21T06:00:00Z")));
}

TEST_CASE("the built-in day is the same for the same seed, whatever was asked before") {
    const BuiltInDay one(7);
    const BuiltInDay two(7);
    const BuiltInDay other(8);
    bool differs = false;
    for (int i = 0; i < 200; ++i) {
        const auto time = at("2026-06-21T04:00:00Z") + std::chrono::seconds(311 * i);
        const auto a = one.at(time);
        two.at(time + std::chrono::hours(5));
        const auto b = two.at(time);
        REQUIRE(std::tie(a.pv_w, a.house_w) == std::tie(b.pv_w, b.house_w));
        REQUIRE(std::min(sum(a.house_w), a.pv_w) >= 0);
        differs = differs || other.at(time).pv_w != a.pv_w;
    }
    CHECK(differs);
}
