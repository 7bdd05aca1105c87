#include "service/throttle.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using sunherd::service::Throttle;

TEST_CASE("the same thing is said once a minute, with the number that was swallowed") {
    Throttle throttle(60s);
    const Throttle::Time begin{};
    CHECK(throttle.admit("topic", begin) == 0);
    CHECK_FALSE(throttle.admit("topic", begin + 1s));
    CHECK_FALSE(throttle.admit("topic", begin + 59s));
    CHECK(throttle.admit("topic", begin + 60s) == 2);
    CHECK_FALSE(throttle.admit("topic", begin + 61s));
    CHECK(throttle.admit("other", begin + 61s) == 0);
}

TEST_CASE("a flood of different things is treated as one beyond the bound") {
    Throttle throttle(60s);
    const Throttle::Time begin{};
    std::size_t said = 0;
    for (int i = 0; i < 5000; ++i) {
        said += throttle.admit("topic" + std::to_string(i), begin) ? 1 : 0;
    }
    CHECK(said == Throttle::kMaxKeys + 1);
    CHECK(throttle.admit("new", begin + 60s) == 0);  // the old ones are forgotten
}
