#include "write_plan.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using sunherd::actuator::Moment;
using sunherd::actuator::Obedience;
using sunherd::actuator::Refusal;
using sunherd::actuator::WritePlan;
using Verdict = Obedience::Verdict;

namespace {
const Moment kNow = Moment{} + 1h;

WritePlan written(double current_a) {
    WritePlan plan(20s);
    plan.began(current_a);
    plan.succeeded(kNow);
    return plan;
}
}  // namespace

TEST_CASE("a change is written at once, the same value only to refresh it") {
    const auto plan = written(10);
    CHECK(plan.is_due(10.1, kNow));
    CHECK(plan.is_due(0, kNow));
    CHECK_FALSE(plan.is_due(10.02, kNow + 19s));
    CHECK(plan.is_due(10, kNow + 20s));
    CHECK(plan.next_at(10) == kNow + 20s);
}

TEST_CASE("while a write is under way nothing else is written") {
    auto plan = written(10);
    plan.began(12);
    CHECK_FALSE(plan.is_due(6, kNow + 1min));
    CHECK_FALSE(plan.next_at(6));
}

TEST_CASE("a failed write is tried again after growing pauses, a lower one at once") {
    auto plan = written(10);
    plan.began(12);
    plan.failed(kNow);
    CHECK_FALSE(plan.is_due(12, kNow + 999ms));
    CHECK(plan.is_due(12, kNow + 1s));
    CHECK_FALSE(plan.is_due(14, kNow + 999ms));
    CHECK(plan.is_due(8, kNow));
    for (int failure = 0; failure < 10; ++failure) {
        plan.began(12);
        plan.failed(kNow);
    }
    CHECK(plan.next_at(12) == kNow + 5s);
}

TEST_CASE("after a failure nobody knows what the device has: also the old value is written again") {
    auto plan = written(10);
    plan.began(12);
    plan.failed(kNow);
    CHECK_FALSE(plan.is_written(10));
    CHECK(plan.is_due(10, kNow));
}

TEST_CASE("a rejected value waits for the refresh") {
    auto plan = written(10);
    plan.began(16);
    plan.rejected(kNow);
    CHECK_FALSE(plan.is_due(16, kNow + 19s));
    CHECK(plan.is_due(16, kNow + 20s));
    CHECK(plan.is_due(13, kNow));
}

TEST_CASE("a write that never began leaves everything as it was") {
    auto plan = written(10);
    plan.began(12);
    plan.abandoned();
    CHECK(plan.is_written(10));
    CHECK(plan.is_due(12, kNow));
}

TEST_CASE("a device that keeps more than it was told is called out once, and once when it obeys again") {
    Obedience obedience;
    obedience.wrote(10, kNow);
    CHECK(obedience.observe(16, kNow) == Verdict::unchanged);
    CHECK(obedience.observe(16, kNow + 9s) == Verdict::unchanged);
    CHECK(obedience.observe(16, kNow + 10s) == Verdict::disobeys);
    CHECK(obedience.observe(16, kNow + 20s) == Verdict::unchanged);
    CHECK(obedience.observe(10.4, kNow + 21s) == Verdict::obeys_again);
    CHECK(obedience.observe(6, kNow + 22s) == Verdict::unchanged);
}

TEST_CASE("a setpoint that falls all the time gives the device no more time than one that stands") {
    Obedience obedience;
    for (int second = 0; second < 20; ++second) {
        obedience.wrote(32 - second, kNow + std::chrono::seconds(second));
    }
    CHECK(obedience.observe(32, kNow + 20s) == Verdict::disobeys);
}

TEST_CASE("a device that still has what it was told some seconds ago follows in its own time") {
    Obedience obedience;
    obedience.wrote(16, kNow);
    obedience.wrote(6, kNow + 30s);
    CHECK(obedience.observe(16, kNow + 39s) == Verdict::unchanged);
    CHECK(obedience.observe(16, kNow + 40s) == Verdict::disobeys);
}

TEST_CASE("a refused current is told once, and its acceptance once; a lower one proves nothing") {
    Refusal refusal;
    CHECK(refusal.accepted(16) == Refusal::Verdict::unchanged);
    CHECK(refusal.refused(16) == Refusal::Verdict::begins);
    CHECK(refusal.refused(14) == Refusal::Verdict::unchanged);
    CHECK(refusal.accepted(10) == Refusal::Verdict::unchanged);
    CHECK(refusal.refused(16) == Refusal::Verdict::unchanged);
    CHECK(refusal.accepted(14) == Refusal::Verdict::ends);
}
