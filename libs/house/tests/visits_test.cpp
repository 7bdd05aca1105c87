#include "house/visits.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::house;
using namespace std::chrono_literals;

namespace {

const auto start = sunherd::topics::parse_rfc3339("2024-06-12T08:00:00Z").value();

Session session(const char* evse, std::chrono::minutes after, double energy_wh = 10000) {
    return {"x", evse, start + after, start + after + 5h, energy_wh};
}

}  // namespace

TEST_CASE("the trace's letters are the site's charge points in order") {
    const auto visits = plan_visits({session("B", 10min), session("A", 20min), session("A", -30min)}, 3,
                                    {.source = CarSource::trace, .start = start});
    REQUIRE(visits.size() == 3);
    REQUIRE(visits[0].size() == 2);
    CHECK(visits[0].front().arrive == start - 30min);
    CHECK(visits[1].size() == 1);
    CHECK(visits[2].empty());
}

TEST_CASE(
    "where nobody comes in the first hour a built-in car does, and leaves before the next of the trace") {
    const auto visits =
        plan_visits({session("A", 10min), session("B", 240min)}, 3, {.start = start, .speed = 2});
    CHECK(visits[0].size() == 1);
    REQUIRE(visits[1].size() == 2);
    CHECK(visits[1].front().arrive == start + 120s);  // 60 s of real time at double speed
    CHECK(visits[1].front().depart < visits[1].back().arrive);
    CHECK(visits[2].size() > 30);
    CHECK(visits[2].front().car.model().phases == 1);
}

TEST_CASE("a car wants what its session says") {
    for (const double wanted_wh : {3000.0, 43000.0, 90000.0}) {
        Car car = car_wanting(wanted_wh, car_model(0));
        CHECK_FALSE(car.full());
        car.charge(wanted_wh * 0.99);
        CHECK_FALSE(car.full());
        car.charge(wanted_wh * 0.0101);
        CHECK(car.full());
    }
}
