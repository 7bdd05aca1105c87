#include "read_evse.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cmath>

using namespace sunherd;
using namespace sunherd::sessions;
using namespace sunherd::sessions::testing;
using namespace std::chrono_literals;
using topics::Iec61851;

TEST_CASE("a session lasts from plug-in to unplug") {
    Bench bench;
    bench.next.total_energy_wh = 50'000;
    bench.seconds(10, Iec61851::A, 0);
    CHECK_FALSE(bench.tracker.running());
    bench.seconds(60, Iec61851::B, 0);
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->id == "garage-20260621T100011Z");
    bench.seconds(3600, Iec61851::C, 7200);
    bench.seconds(600, Iec61851::B, 0);
    bench.seconds(600, Iec61851::C, 3600);
    bench.seconds(30, Iec61851::A, 0);
    REQUIRE(bench.ended.size() == 1);
    const auto& session = bench.ended.front();
    CHECK(session.start == kTen + 11s);
    CHECK(session.end == kTen + 10s + 60s + 3600s + 600s + 600s + 1s);
    CHECK(session.duration_s == Approx(4860));
    CHECK(session.charging_s == Approx(4200).margin(2));
    CHECK(session.peak_power_w == 7200);
    CHECK(session.interruptions == 1);
    CHECK(session.mode == topics::ChargeMode::solar);
    CHECK(bench.ended_wh == Approx(7200 + 600).margin(3));
    CHECK_FALSE(bench.tracker.running());
}

TEST_CASE("counters that are always 0, begin anew or jump cost nothing") {
    for (const int kind : {0, 1, 2}) {
        Bench bench;
        bench.next.session_energy_wh = 0;
        bench.seconds(5, Iec61851::B, 0);
        for (int minute = 0; minute < 60; ++minute) {
            bench.seconds(60, Iec61851::C, 7200);
            if (kind == 0) {
                bench.next.session_energy_wh = 0;
            } else if (kind == 1 && minute % 20 == 0) {
                bench.next.session_energy_wh = 0;
            } else if (kind == 2 && minute == 30) {
                bench.next.session_energy_wh = *bench.next.session_energy_wh + 1e7;
            }
        }
        bench.seconds(10, Iec61851::A, 0);
        INFO(kind);
        REQUIRE(bench.ended.size() == 1);
        CHECK(bench.ended_wh == Approx(7200).margin(10));
    }
}

TEST_CASE("a fault, and a plug that is moved, do not end a session") {
    Bench bench;
    bench.seconds(100, Iec61851::C, 3600);
    bench.seconds(100, Iec61851::E, 0);
    bench.seconds(100, Iec61851::F, 0);
    bench.seconds(4, Iec61851::A, 0);
    bench.seconds(100, Iec61851::C, 3600);
    CHECK(bench.ended.empty());
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->duration_s == Approx(403));
    bench.seconds(10, Iec61851::A, 0);
    CHECK(bench.ended.size() == 1);
}

TEST_CASE("however coarse or late a counter is, each session has what flowed in it") {
    CHECK(rc::check([] {
        Bench bench;
        const auto step_wh = *rc::gen::element(1.0, 100.0, 1000.0);
        const auto refresh_s = step_wh > 1 ? 1 : *rc::gen::element(1, 60, 900);
        double flowed_wh = 7'000'000;
        bench.next.total_energy_wh = flowed_wh;
        int second = 0;
        const auto pass = [&](int seconds, Iec61851 state, double power_w) {
            for (int i = 0; i < seconds; ++i) {
                flowed_wh += (bench.next.power_w.value_or(0) + power_w) / 2 / 3600;
                const bool refreshed = ++second % refresh_s == 0;
                const double counted_wh =
                    refreshed ? std::floor(flowed_wh / step_wh) * step_wh : *bench.next.total_energy_wh;
                bench.next.total_energy_wh = counted_wh - power_w / 3600;  // which `seconds` adds
                bench.seconds(1, state, power_w);
                bench.next.total_energy_wh = counted_wh;
            }
        };
        pass(5, Iec61851::A, 0);
        for (int session = 0; session < 4; ++session) {
            const double before_wh = flowed_wh;
            const double ended_wh = bench.ended_wh;
            pass(*rc::gen::inRange(1, 3000), Iec61851::C, *rc::gen::element(0, 1400, 7200, 22'000));
            pass(*rc::gen::inRange(6, 1000), Iec61851::A, 0);
            RC_ASSERT(std::abs(bench.ended_wh - ended_wh - (flowed_wh - before_wh)) < 8);
        }
    }));
}

TEST_CASE("restarts at any moment change nothing") {
    CHECK(rc::check([] {
        Bench plain;
        Bench interrupted;
        for (auto* bench : {&plain, &interrupted}) {
            bench->next.total_energy_wh = 1000;
        }
        for (int n = *rc::gen::inRange(1, 12); n > 0; --n) {
            const auto state =
                *rc::gen::element(Iec61851::A, Iec61851::B, Iec61851::C, Iec61851::C, Iec61851::E);
            const auto power_w = state == Iec61851::C ? *rc::gen::inRange(0, 11'000) : 0;
            const auto seconds = *rc::gen::inRange(1, 40);
            plain.seconds(seconds, state, power_w);
            for (int i = 0; i < seconds; ++i) {
                if (*rc::gen::inRange(0, 8) == 0) {
                    interrupted.tracker = SessionTracker("garage", 22'000, interrupted.tracker.state());
                    interrupted.restarted = true;
                }
                interrupted.seconds(1, state, power_w);
            }
        }
        RC_ASSERT(plain.ended == interrupted.ended);
        RC_ASSERT(plain.tracker.running() == interrupted.tracker.running());
        RC_ASSERT(std::abs(plain.ended_wh - interrupted.ended_wh) < 1e-6);
    }));
}
