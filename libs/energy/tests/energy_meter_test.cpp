#include "energy/energy_meter.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cmath>
#include <map>

using namespace sunherd::energy;
using namespace std::chrono_literals;

namespace {

const Moment kNoon{std::chrono::hours(24 * 365 * 56)};
constexpr double kMost = 22'000;
constexpr Mix kSun{.sun = 1};

Bucket quarter(Moment at) {
    const auto start = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(at);
    return {start, start + 15min};
}

/// A meter that is read, and sums of what came out.
struct Bench {
    EnergyMeter meter{kMost};
    std::map<Moment, Flow> flows;
    Moment now = kNoon;
    std::chrono::milliseconds uptime{0};
    std::optional<std::chrono::milliseconds> last_uptime{};

    void take(const std::vector<Flow>& settled) {
        for (const auto& flow : settled) {
            flows[flow.bucket].add(flow);
        }
    }
    void read(std::optional<double> power_w, std::optional<double> counter_wh, Mix mix = kSun) {
        EnergyMeter::Reading reading{
            .time = now, .elapsed_s = {}, .power_w = power_w, .counter_wh = counter_wh, .mix = mix};
        if (last_uptime) {
            reading.elapsed_s = std::chrono::duration<double>(uptime - *last_uptime).count();
        }
        last_uptime = uptime;
        take(meter.add(reading, quarter));
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        uptime += time;
    }
    double settled() const {
        double sum = 0;
        for (const auto& [bucket, flow] : flows) {
            sum += flow.energy_wh;
        }
        return sum;
    }
    double total() {
        take(meter.settle());
        return settled();
    }
};

}  // namespace

TEST_CASE("without a counter the power counts, at once") {
    Bench bench;
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.read(3600, std::nullopt);
    }
    CHECK(bench.settled() == Approx(3600));
    REQUIRE(bench.flows.size() == 4);
    CHECK(bench.flows.begin()->second.energy_wh == Approx(900));
    CHECK(bench.flows.begin()->second.sun_wh == Approx(900));
}

TEST_CASE("a counter says how much, the power says when") {
    Bench bench;  // the power reads 10 % too much, the counter moves each 100 Wh
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.read(3960, 5000 + std::floor(i / 100.0) * 100);
    }
    CHECK(bench.settled() == Approx(3600));
    for (const auto& [bucket, flow] : bench.flows) {
        CHECK(flow.energy_wh == Approx(900).margin(3));
    }
}

TEST_CASE("a counter that stands still while power flows is not believed") {
    Bench bench;
    for (int i = 0; i <= 7200; ++i, bench.pass(1s)) {
        bench.read(3600, 0.0);
    }
    CHECK(bench.settled() > 5000);
    CHECK(bench.total() == Approx(7200));
}

TEST_CASE("a counter that begins anew, or jumps, costs nothing") {
    Bench bench;
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        const double jump = i >= 1200 && i < 1800 ? 1e6 : 0;
        const double anew = i >= 2400 ? -2395 : 0;
        bench.read(3600, 5.0 + i + jump + anew);
    }
    CHECK(bench.total() == Approx(3600).margin(4));
}

TEST_CASE("what was settled ahead of the counter is not counted again when it moves") {
    Bench bench;  // refreshed each quarter of an hour: 2750 Wh at once, more than stands still unbelieved
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.read(11'000, 5000 + std::floor(i / 900.0) * 2750);
        REQUIRE(bench.settled() <= i * 11.0 / 3.6 + 1);
    }
    CHECK(bench.settled() == Approx(11'000));
}

TEST_CASE("a counter that is coarse has what was settled before it moved") {
    Bench bench;
    bench.read(3600, 5000);
    for (int i = 0; i < 900; ++i) {
        bench.pass(1s);
        bench.read(3600, 5000);
    }
    CHECK(bench.total() == Approx(900));
    for (int i = 0; i < 100; ++i) {
        bench.pass(1s);
        bench.read(3600, i < 99 ? 5000 : 6000);
    }
    CHECK(bench.total() == Approx(1000));
}

TEST_CASE("a counter that comes to life by small steps is believed soon, whatever was settled before") {
    Bench bench;
    for (int i = 0; i < 7200; ++i, bench.pass(1s)) {
        bench.read(3600, 0);
    }
    const double before = bench.total();
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.read(3600, i);
    }
    CHECK(bench.total() - before == Approx(3600).margin(5));
}

TEST_CASE("a jump after a standstill that was watched is not believed, one after hours unseen is") {
    Bench bench;
    for (int i = 0; i <= 1200; ++i, bench.pass(30s)) {
        bench.read(0, 5000);
    }
    bench.read(0, 105'000);
    CHECK(bench.total() == 0);
    bench.pass(30s);
    bench.read(0, 105'000);
    bench.pass(1h);
    bench.read(0, 105'000);
    bench.pass(30s);
    bench.read(0, 120'000);
    CHECK(bench.total() == Approx(15'000));
}

TEST_CASE("a counter without any power may move by what can flow") {
    Bench bench;
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        bench.read(std::nullopt, 5000 + std::floor(i / 900.0) * 5500);
    }
    CHECK(bench.total() == Approx(22'000));
}

TEST_CASE("over a silence the counter tells, evenly, and nobody knows from where") {
    Bench bench;
    bench.read(7200, 1000);
    bench.pass(30min);
    bench.read(7200, 4600);
    REQUIRE(bench.flows.size() == 2);
    for (const auto& [bucket, flow] : bench.flows) {
        CHECK(flow.energy_wh == Approx(1800));
        CHECK(flow.sun_wh == 0);
    }
}

TEST_CASE("over a silence without a counter no more than a minute is believed") {
    Bench bench;
    bench.read(7200, std::nullopt);
    bench.pass(30min);
    bench.read(7200, std::nullopt);
    CHECK(bench.total() == Approx(120));
}

TEST_CASE("over a silence a counter that stands still tells nothing") {
    Bench bench;
    bench.read(7200, 1000);
    bench.pass(30min);
    bench.read(7200, 1000);
    CHECK(bench.total() == Approx(120));
}

TEST_CASE("a clock that is set changes nothing") {
    for (const auto step : {std::chrono::milliseconds(1h), std::chrono::milliseconds(-1h)}) {
        Bench bench;
        for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
            if (i == 1800) {
                bench.now += step;
            }
            bench.read(3600, std::nullopt);
        }
        CHECK(bench.total() == Approx(3600));
    }
}

TEST_CASE("readings that waited all come at once, and count by their own time") {
    Bench bench;
    for (int i = 0; i <= 3600; ++i) {
        bench.read(3600, std::nullopt);
        bench.now += 1s;
        bench.uptime += 1ms;
    }
    CHECK(bench.total() == Approx(3600));
}

TEST_CASE("readings that waited count by their own time however slowly they were taken") {
    for (const auto poll : {15s, 60s}) {
        Bench bench;
        for (auto time = 0s; time <= 3600s; time += poll) {
            bench.read(3600, 0);
            bench.now += poll;
            bench.uptime += 1ms;
        }
        CHECK(bench.total() == Approx(3600));
    }
}

TEST_CASE("a clock that is set from 1970 makes no flows of half a century") {
    Bench bench;
    bench.now = Moment{} + 10s;
    bench.read(std::nullopt, 5000);
    bench.now = kNoon;
    bench.uptime += 1s;
    bench.read(std::nullopt, 5005);
    CHECK(bench.settled() == Approx(5));
    CHECK(bench.flows.size() == 1);
}

TEST_CASE("what is open does not grow without bound") {
    Bench bench;
    for (auto time = 0s; time <= 10 * 24h; time += 60s, bench.pass(60s)) {
        bench.read(3, 5000);
        REQUIRE(bench.meter.state().open.size() <= 300);
    }
    CHECK(bench.total() == Approx(720));
}

TEST_CASE("it goes on after a restart as if there had been none") {
    Bench bench;
    for (int i = 0; i <= 3600; ++i, bench.pass(1s)) {
        if (i % 500 == 0) {
            bench.meter = EnergyMeter(kMost, bench.meter.state());
            bench.last_uptime.reset();
        }
        bench.read(3600, 40 + std::floor(i / 300.0) * 300);
    }
    CHECK(bench.total() == Approx(3600));
}

TEST_CASE("whatever is read, it never decreases, and is never more than can flow") {
    CHECK(rc::check([] {
        Bench bench;
        double before = 0;
        double seconds = 0;
        const auto count = *rc::gen::inRange(1, 60);
        int steps = 0;
        for (int i = 0; i < count; ++i) {
            const auto passed = std::chrono::milliseconds(*rc::gen::inRange(0, 100'000));
            bench.pass(passed);
            bench.now += std::chrono::milliseconds(*rc::gen::element(0, 0, 0, 0, 3'600'000, -3'600'000));
            seconds += std::chrono::duration<double>(passed).count();
            const auto odd = *rc::gen::element(0.0, 11'000.0, -1.0, 1e300, std::nan(""), INFINITY);
            std::optional<double> power = *rc::gen::arbitrary<bool>() ? std::optional(odd) : std::nullopt;
            std::optional<double> counter;
            if (*rc::gen::arbitrary<bool>()) {
                counter = *rc::gen::element(0.0, 5.0, 600.0, 1200.0, 1e12, -3.0, std::nan(""), INFINITY);
                ++steps;
            }
            bench.read(power, counter, *rc::gen::element(Mix{}, kSun, Mix{0.2, 0.3, 0.5}));
            const double now = bench.settled();
            RC_ASSERT(now >= before);
            before = now;
        }
        const double total = bench.total();
        RC_ASSERT(std::isfinite(total));
        // Hours that the clock was set by may pass for time in which the counter moved.
        RC_ASSERT(total <= (seconds + steps * 3600.0) * 1.5 * kMost / 3600 + steps * 1000.0);
        for (const auto& [bucket, flow] : bench.flows) {
            RC_ASSERT(flow.sun_wh + flow.battery_wh + flow.grid_wh <= flow.energy_wh * (1 + 1e-9));
        }
    }));
}
