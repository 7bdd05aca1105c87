#include "polling/frozen_guard.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::polling;
using namespace std::chrono_literals;

namespace {
const TimePoint kStart{1000s};
}

TEST_CASE("registers that stay the same for longer than allowed are not believed, until they change") {
    FrozenGuard guard(3000ms);
    CHECK(guard.believes(1, kStart));
    CHECK(guard.believes(1, kStart + 3000ms));
    CHECK_FALSE(guard.believes(1, kStart + 3001ms));
    CHECK_FALSE(guard.believes(1, kStart + 1h));
    CHECK(guard.believes(2, kStart + 2h));
    CHECK(guard.believes(2, kStart + 2h + 3s));
    CHECK_FALSE(guard.believes(2, kStart + 2h + 4s));
}

TEST_CASE("a change just before the limit starts the time anew") {
    FrozenGuard guard(3000ms);
    CHECK(guard.believes(1, kStart));
    CHECK(guard.believes(2, kStart + 2999ms));
    CHECK(guard.believes(2, kStart + 5999ms));
}

TEST_CASE("where it is off, all is believed") {
    FrozenGuard guard(0ms);
    CHECK(guard.believes(1, kStart));
    CHECK(guard.believes(1, kStart + 24h));
}

TEST_CASE("after a reset the same registers are new") {
    FrozenGuard guard(3000ms);
    CHECK(guard.believes(1, kStart));
    guard.reset();
    CHECK(guard.believes(1, kStart + 10s));
    CHECK(guard.believes(1, kStart + 13s));
}
