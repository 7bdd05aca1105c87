#include "modbus/back_off.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using sunherd::modbus::BackOff;

namespace {
constexpr BackOff::TimePoint kNow{100s};
}

TEST_CASE("a connection that never failed may be tried at once") {
    CHECK(BackOff{}.may_try(kNow));
}

TEST_CASE("pauses double from 0.2 s and stop growing at 5 s") {
    BackOff back_off;
    for (const auto pause : {200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
        back_off.failed(kNow, 0.5);
        CHECK_FALSE(back_off.may_try(kNow + pause - 1ms));
        CHECK(back_off.may_try(kNow + pause));
    }
}

TEST_CASE("chance spreads a pause by a fifth either way, but never beyond 5 s") {
    BackOff early;
    BackOff late;
    early.failed(kNow, 0);
    late.failed(kNow, 1);
    CHECK(early.may_try(kNow + 160ms));
    CHECK_FALSE(early.may_try(kNow + 159ms));
    CHECK(late.may_try(kNow + 240ms));
    CHECK_FALSE(late.may_try(kNow + 239ms));
    for (int i = 0; i < 20; ++i) {
        late.failed(kNow, 1);
        CHECK(late.may_try(kNow + 5s));
    }
}

TEST_CASE("success starts anew") {
    BackOff back_off;
    back_off.failed(kNow, 0.5);
    back_off.failed(kNow, 0.5);
    back_off.succeeded();
    CHECK(back_off.may_try(kNow));
    back_off.failed(kNow, 0.5);
    CHECK(back_off.may_try(kNow + 200ms));
}
