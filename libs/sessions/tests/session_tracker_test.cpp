#include "sessions/session_tracker.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cmath>

using namespace sunherd;
using namespace sunherd::sessions;
using namespace std::chrono_literals;
using topics::Iec61851;

namespace {

const Timestamp kTen = *topics::parse_rfc3339("2026-06-21T10:00:00Z");

energy::Bucket five_minutes(energy::Moment at) {
    const auto start = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<300>>>(at);
    return {start, start + 5min};
}

/// An EVSE that is read each second.
struct Bench {
    SessionTracker tracker{"garage", 22'000};
    Timestamp now = kTen;
    std::vector<Session> ended{};
    double ended_wh = 0;
    double running_wh = 0;
    topics::EvseState next{};
    bool restarted = true;

    void read() {
        next.time = now;
        const auto result = tracker.take({.state = next,
                                          .elapsed_s = restarted ? std::nullopt : std::optional(elapsed),
                                          .mix = {.sun = 1},
                                          .mode = topics::ChargeMode::solar,
                                          .vehicle = {}},
                                         five_minutes);
        restarted = false;
        elapsed = 1;
        for (const auto& flow : result.flows_before_end) {
            running_wh += flow.energy_wh;
        }
        if (result.ended) {
            ended.push_back(*result.ended);
            ended_wh += std::exchange(running_wh, 0);
        }
        for (const auto& flow : result.flows) {
            running_wh += flow.energy_wh;
        }
    }
    void seconds(int count, Iec61851 state, double power_w) {
        for (int i = 0; i < count; ++i) {
            now += 1s;
            next.state = state;
            next.power_w = power_w;
            if (next.total_energy_wh) {
                *next.total_energy_wh += power_w / 3600;
            }
            if (next.session_energy_wh) {
                *next.session_energy_wh += power_w / 3600;
            }
            read();
        }
    }
    void silence(std::chrono::seconds time) {
        now += time - 1s;
        elapsed = std::chrono::duration<double>(time).count();
    }
    double elapsed = 1;
};

}  // namespace

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

TEST_CASE("a session goes on over a silence, unless the EVSE tells of another") {
    Bench bench;
    bench.next.session_energy_wh = 0;
    bench.next.session_duration_s = 100;
    bench.seconds(100, Iec61851::C, 3600);
    bench.silence(30min);
    bench.next.session_energy_wh = 1900;
    bench.next.session_duration_s = 1900;
    bench.seconds(100, Iec61851::C, 3600);
    CHECK(bench.ended.empty());
    CHECK(bench.running_wh == Approx(2000).margin(5));
    bench.silence(30min);
    bench.next.session_energy_wh = 100;
    bench.next.session_duration_s = 100;
    const auto last = bench.now;
    bench.seconds(1, Iec61851::C, 3600);
    REQUIRE(bench.ended.size() == 1);
    CHECK(bench.ended.front().end < last);
    CHECK(bench.tracker.running());
}

TEST_CASE("a vehicle that left during a silence left when it was last seen") {
    Bench bench;
    bench.seconds(100, Iec61851::C, 3600);
    const auto last = bench.now;
    bench.silence(2h);
    bench.seconds(1, Iec61851::A, 0);
    REQUIRE(bench.ended.size() == 1);
    CHECK(bench.ended.front().end == last);
    CHECK(bench.ended.front().duration_s == Approx(99));
}

TEST_CASE("a clock that is set back makes no negative session") {
    Bench bench;
    bench.seconds(100, Iec61851::C, 3600);
    bench.now -= 1h;
    bench.seconds(100, Iec61851::C, 3600);
    bench.seconds(10, Iec61851::A, 0);
    REQUIRE(bench.ended.size() == 1);
    CHECK(bench.ended.front().end >= bench.ended.front().start);
    CHECK(bench.ended.front().duration_s == Approx(199).margin(1));
    CHECK(bench.ended_wh == Approx(199).margin(1));
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
