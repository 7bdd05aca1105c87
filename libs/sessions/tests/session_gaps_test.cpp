#include "read_evse.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::sessions;
using namespace sunherd::sessions::testing;
using namespace std::chrono_literals;
using topics::Iec61851;

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
