#include "bus/backoff.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using sunherd::bus::Backoff;

TEST_CASE("pauses grow from the first to the longest and never beyond") {
    Backoff backoff(500ms, 5s, 1);
    auto pause = backoff.next();
    CHECK((pause >= 500ms && pause <= 1s));
    pause = backoff.next();
    CHECK((pause >= 1s && pause <= 2s));
    pause = backoff.next();
    CHECK((pause >= 2s && pause <= 4s));
    for (int i = 0; i < 100; ++i) {
        pause = backoff.next();
        CHECK((pause >= 2500ms && pause <= 5s));
    }
}

TEST_CASE("two services that lost the same broker don't return in step") {
    Backoff one(500ms, 5s, 1);
    Backoff other(500ms, 5s, 2);
    CHECK(one.next() != other.next());
}

TEST_CASE("after a reset the pause is short again") {
    Backoff backoff(500ms, 5s, 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    CHECK(backoff.next() <= 1s);
}
