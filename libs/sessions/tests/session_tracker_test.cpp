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
    double nobodys_wh = 0;
    double longest_gap_s = 60;
    topics::EvseState next{};
    bool restarted = true;

    void read() {
        next.time = now;
        const auto result = tracker.take({.state = next,
                                          .elapsed_s = restarted ? std::nullopt : std::optional(elapsed),
                                          .mix = {.sun = 1},
                                          .mode = topics::ChargeMode::solar,
                                          .vehicle = {},
                                          .longest_gap_s = longest_gap_s},
                                         five_minutes);
        restarted = false;
        elapsed = 1;
        (result.ended ? running_wh : nobodys_wh) += energy::sum_wh(result.flows_before);
        if (result.ended) {
            ended.push_back(*result.ended);
            ended_wh += std::exchange(running_wh, 0);
        }
        (tracker.running() ? running_wh : nobodys_wh) += energy::sum_wh(result.flows);
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

TEST_CASE("what a session settled before its counter moved is not the next one's") {
    Bench bench;
    double flowed_wh = 0;
    const auto charge = [&](int seconds) {
        for (int i = 0; i < seconds; ++i) {
            flowed_wh += 1;
            bench.next.total_energy_wh = 5000 + std::floor(flowed_wh / 1000) * 1000 - 1;  // `seconds` adds 1
            bench.seconds(1, Iec61851::C, 3600);
        }
    };
    bench.next.total_energy_wh = 5000;
    bench.seconds(1, Iec61851::B, 0);
    charge(900);
    bench.next.total_energy_wh = 5000;
    bench.seconds(10, Iec61851::A, 0);
    REQUIRE(bench.ended.size() == 1);
    CHECK(bench.ended_wh == Approx(900).margin(1));
    bench.seconds(1, Iec61851::B, 0);
    charge(110);
    bench.next.total_energy_wh = 6000;
    bench.seconds(10, Iec61851::A, 0);
    CHECK(bench.ended_wh == Approx(1010).margin(3));
}

TEST_CASE("another session that began unseen has what the EVSE's session counter says") {
    Bench bench;
    bench.next.session_energy_wh = 12'000;
    bench.next.session_duration_s = 6000;
    bench.seconds(100, Iec61851::C, 7200);
    const double before_wh = bench.running_wh;
    bench.silence(30min);
    bench.next.session_energy_wh = 3000 - 2;
    bench.next.session_duration_s = 1200;
    bench.seconds(1, Iec61851::C, 7200);
    REQUIRE(bench.ended.size() == 1);
    CHECK(bench.ended_wh == Approx(before_wh).margin(121));
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->start == bench.now - 1200s);
    CHECK(bench.tracker.running()->duration_s == Approx(1200));
    CHECK(bench.tracker.running()->charging_s == Approx(1200));
    CHECK(bench.running_wh == Approx(3000));
}

TEST_CASE("what a total counter counted unseen is parted between two sessions") {
    for (const bool restarted : {false, true}) {
        Bench bench;
        bench.next.total_energy_wh = 50'000;
        bench.next.session_energy_wh = 12'000;
        bench.next.session_duration_s = 6000;
        bench.seconds(100, Iec61851::C, 11'000);
        const double before_wh = bench.running_wh;
        bench.silence(2h);
        bench.restarted = restarted;
        *bench.next.total_energy_wh += 15'000;
        bench.next.session_energy_wh = 5000;
        bench.next.session_duration_s = 3600;
        bench.seconds(1, Iec61851::B, 0);
        REQUIRE(bench.ended.size() == 1);
        CHECK(bench.ended_wh == Approx(before_wh + 10'000).margin(2));
        CHECK(bench.ended.front().charging_s == Approx(99 + 10'000 / 11'000.0 * 3600).margin(2));
        CHECK(bench.running_wh == Approx(5000).margin(2));
    }
}

TEST_CASE("a session that began unseen, with nobody before, began when the EVSE says") {
    Bench bench;
    bench.next.total_energy_wh = 50'000;
    bench.seconds(10, Iec61851::A, 0);
    bench.silence(30min);
    *bench.next.total_energy_wh += 1198;
    bench.next.session_duration_s = 600;
    bench.seconds(1, Iec61851::C, 7200);
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->start == bench.now - 600s);
    CHECK(bench.tracker.running()->duration_s == Approx(600));
    CHECK(bench.tracker.running()->charging_s == Approx(600));
    CHECK(bench.running_wh == Approx(1200));
}

TEST_CASE("a duration that is not that since plug-in makes no other session") {
    Bench bench;
    bench.next.session_energy_wh = 0;
    bench.next.session_duration_s = 100;
    bench.seconds(100, Iec61851::C, 3600);
    bench.silence(30min);
    *bench.next.session_energy_wh += 1800;
    bench.next.session_duration_s = 60;
    bench.seconds(100, Iec61851::C, 3600);
    CHECK(bench.ended.empty());
}

TEST_CASE("over a silence it charged as long as what flowed takes") {
    Bench bench;
    bench.next.total_energy_wh = 50'000;
    bench.seconds(1800, Iec61851::C, 7200);
    bench.silence(1h);
    *bench.next.total_energy_wh += 7198;
    bench.seconds(1800, Iec61851::C, 7200);
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->charging_s == Approx(7200).margin(3));
    CHECK(bench.running_wh == Approx(14'400).margin(5));
}

TEST_CASE("an EVSE that is asked seldom charges all the time in between") {
    for (const bool counts : {false, true}) {
        Bench bench;
        bench.longest_gap_s = 360;
        if (counts) {
            bench.next.session_energy_wh = 0;
        }
        for (int i = 0; i <= 30; ++i) {
            bench.silence(120s);
            bench.next.session_energy_wh = counts ? std::optional(0.0) : std::nullopt;  // stands still
            bench.seconds(1, Iec61851::C, 3600);
        }
        REQUIRE(bench.tracker.running());
        CHECK(bench.tracker.running()->charging_s == Approx(3600));
        CHECK(bench.running_wh + energy::sum_wh(bench.tracker.open_flows()) == Approx(3600));
    }
}

TEST_CASE("what flowed before a session is not its own, nor taken off it") {
    for (const double stands_at_wh : {9000.0, 0.0}) {
        Bench bench;
        const auto read = [&](int seconds, Iec61851 state, double power_w, double counter_wh) {
            for (int i = 0; i < seconds; ++i) {
                bench.next.session_energy_wh = counter_wh - power_w / 3600;  // which `seconds` adds
                bench.seconds(1, state, power_w);
                REQUIRE(bench.tracker.open_flows().size() <= 2);
            }
        };
        read(7200, Iec61851::A, 300, stands_at_wh);
        for (int minute = 0; minute < 60; ++minute) {
            read(60, Iec61851::C, 3600, minute * 60);
        }
        read(10, Iec61851::A, 0, 3600);
        CHECK(bench.nobodys_wh == Approx(600).margin(1));
        CHECK(bench.ended_wh == Approx(3600).margin(2));
    }
}

TEST_CASE("a vehicle that comes after a pause is another one") {
    for (const auto pause : {50s, 90s}) {
        Bench bench;
        bench.seconds(100, Iec61851::C, 3600);
        bench.seconds(1, Iec61851::A, 0);
        const auto left = bench.now;
        bench.silence(pause);
        bench.seconds(100, Iec61851::C, 3600);
        REQUIRE(bench.ended.size() == 1);
        CHECK(bench.ended.front().end == left);
        CHECK(bench.ended.front().duration_s == Approx(100));
        REQUIRE(bench.tracker.running());
        CHECK(bench.tracker.running()->duration_s == Approx(99));
    }
    Bench bench;
    bench.seconds(100, Iec61851::C, 3600);
    bench.seconds(1, Iec61851::A, 0);
    bench.seconds(7200, Iec61851::F, 0);
    bench.seconds(100, Iec61851::C, 3600);
    CHECK(bench.ended.size() == 1);
}

TEST_CASE("a session that began before the clock was set began when it did") {
    Bench bench;
    bench.now = Timestamp{} + 60s;
    bench.seconds(100, Iec61851::C, 3600);
    REQUIRE(bench.tracker.running());
    const auto id = bench.tracker.running()->id;
    bench.now = kTen;
    bench.seconds(100, Iec61851::C, 3600);
    REQUIRE(bench.tracker.running());
    CHECK(bench.tracker.running()->id == id);
    CHECK(bench.tracker.running()->start == kTen - 99s);
    CHECK(bench.tracker.running()->duration_s == Approx(199));
    CHECK(bench.running_wh == Approx(199));
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
