#include "lease.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace sunherd;
using namespace std::chrono_literals;
using actuator::FreezeGuard;
using actuator::Lease;
using actuator::Limits;
using actuator::Moment;
using actuator::Reign;

namespace {

const Moment kNow = Moment{} + 1h;

topics::EvseSetpoint setpoint(double current_a, std::uint64_t seq, std::uint64_t epoch = 7,
                              int ttl_ms = 10000) {
    topics::EvseSetpoint message;
    message.seq = seq;
    message.epoch = epoch;
    message.current_a = current_a;
    message.ttl_ms = ttl_ms;
    message.fallback_current_a = 6;
    return message;
}

}  // namespace

TEST_CASE("before any setpoint the device gets its start current, as fallback") {
    const Lease lease(Limits{}, 6);
    CHECK(lease.order(kNow).current_a == 6);
    CHECK(lease.order(kNow).fallback);
}

TEST_CASE("what was known of the user's word before the first setpoint lowers the start, never raises it") {
    Lease lease(Limits{}, 8);
    lease.lower_start(16);
    CHECK(lease.order(kNow).current_a == 8);
    lease.lower_start(7);
    CHECK(lease.order(kNow).current_a == 7);
    lease.lower_start(3);
    CHECK(lease.order(kNow).current_a == 0);
    Reign reign;
    REQUIRE(lease.take(setpoint(16, 1), kNow, kNow, reign));
    lease.lower_start(0);
    CHECK(lease.order(kNow + 1min).current_a == 6);
}

TEST_CASE("an order can be carried out while its lease lasts, a fallback at any time") {
    Lease lease(Limits{}, 6);
    CHECK(lease.order(kNow).holds(kNow + 1h));
    Reign reign;
    REQUIRE(lease.take(setpoint(16, 1), kNow, kNow, reign));
    const auto order = lease.order(kNow);
    CHECK(order.holds(kNow + 9999ms));
    CHECK_FALSE(order.holds(kNow + 10s));
}

TEST_CASE("a lease counts from receipt and ends by itself") {
    Lease lease(Limits{}, 0);
    Reign reign;
    REQUIRE(lease.take(setpoint(16, 1), kNow - 4s, kNow, reign));
    CHECK(lease.order(kNow + 5999ms).current_a == 16);
    CHECK(lease.order(kNow + 6s).current_a == 6);
    CHECK(lease.order(kNow + 6s).fallback);
}

TEST_CASE("no lease lives longer than a minute") {
    Lease lease(Limits{}, 0);
    Reign reign;
    REQUIRE(lease.take(setpoint(16, 1, 7, std::numeric_limits<int>::max()), kNow, kNow, reign));
    CHECK(lease.order(kNow + 59s).current_a == 16);
    CHECK(lease.order(kNow + 60s).fallback);
}

TEST_CASE("a setpoint that waited longer than its lease is refused") {
    Lease lease(Limits{}, 0);
    Reign reign;
    CHECK_FALSE(lease.take(setpoint(16, 1), kNow - 10s, kNow, reign));
    CHECK(lease.order(kNow).fallback);
}

TEST_CASE("an older reign is over, also at another EVSE") {
    Lease one(Limits{}, 0);
    Lease other(Limits{}, 0);
    Reign reign;
    REQUIRE(one.take(setpoint(10, 1, 8), kNow, kNow, reign));
    CHECK_FALSE(other.take(setpoint(16, 500, 7), kNow, kNow, reign));
    CHECK(other.order(kNow).fallback);
    CHECK(one.order(kNow).current_a == 10);
}

TEST_CASE("an epoch no controller has is refused") {
    Lease lease(Limits{}, 0);
    Reign reign;
    CHECK_FALSE(lease.take(setpoint(10, 1, topics::kEpochsEnd), kNow, kNow, reign));
    CHECK(lease.take(setpoint(10, 1, topics::kEpochsEnd - 1), kNow, kNow, reign));
}

TEST_CASE("within a reign only newer setpoints count; a new reign begins anew") {
    Lease lease(Limits{}, 0);
    Reign reign;
    REQUIRE(lease.take(setpoint(10, 5), kNow, kNow, reign));
    CHECK_FALSE(lease.take(setpoint(16, 5), kNow, kNow, reign));
    CHECK_FALSE(lease.take(setpoint(16, 4), kNow, kNow, reign));
    CHECK(lease.order(kNow).current_a == 10);
    CHECK(lease.take(setpoint(12, 1, 8), kNow, kNow, reign));
    CHECK(lease.order(kNow).current_a == 12);
}

TEST_CASE("what the EVSE can't do is refused and leaves the lease before it in force") {
    Lease lease(Limits{6, 16, 3}, 0);
    Reign reign;
    REQUIRE(lease.take(setpoint(10, 1), kNow, kNow, reign));
    auto one_phase = setpoint(10, 2);
    one_phase.phases = 1;
    auto high_fallback = setpoint(10, 2);
    high_fallback.fallback_current_a = 20;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto& wrong : {setpoint(16.1, 2), setpoint(5.9, 2), setpoint(-1, 2), setpoint(nan, 2),
                              setpoint(10, 2, 7, 0), one_phase, high_fallback}) {
        const auto taken = lease.take(wrong, kNow, kNow, reign);
        REQUIRE_FALSE(taken);
        CHECK_FALSE(taken.error().empty());
        CHECK(lease.order(kNow).current_a == 10);
    }
}

TEST_CASE("who knows the user's last word lowers the start current, nobody raises it") {
    Lease lease(Limits{}, 8);
    lease.lower_start(16);
    CHECK(lease.order(kNow).current_a == 8);
    lease.lower_start(7);
    CHECK(lease.order(kNow).current_a == 7);
    lease.lower_start(3);
    CHECK(lease.order(kNow).current_a == 0);

    Lease led(Limits{}, 0);
    Reign reign;
    REQUIRE(led.take(setpoint(16, 1), kNow, kNow, reign));
    led.lower_start(0);
    CHECK(led.order(kNow + 1min).current_a == 6);
}

TEST_CASE("after standing still nothing received just now is trusted for a second") {
    FreezeGuard guard;
    CHECK_FALSE(guard.is_thawing(kNow));
    CHECK_FALSE(guard.is_thawing(kNow + 1s));
    CHECK(guard.is_thawing(kNow + 10s));
    CHECK(guard.is_thawing(kNow + 10900ms));
    CHECK_FALSE(guard.is_thawing(kNow + 11s));
}
