#include "catalogue.hpp"
#include "energy_book.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>

using namespace sunherd;
using namespace sunherd::ha;
using namespace std::chrono_literals;

namespace {

const EnergyCounter::Moment kStart{100h};

}  // namespace

TEST_CASE("the device's own counter is followed") {
    EnergyCounter counter;
    CHECK_FALSE(counter.total_wh());
    counter.count(5000, kStart);
    CHECK(counter.total_wh() == 5000);
    counter.count(5010, kStart + 10s);
    counter.flow(1e5, kStart + 20s);  // of no effect
    CHECK(counter.total_wh() == 5010);
}

TEST_CASE("a counter that begins anew, or jumps, goes on from where the count was") {
    EnergyCounter counter;
    counter.count(5000, kStart);
    counter.count(0, kStart + 1s);
    CHECK(counter.total_wh() == 5000);
    counter.count(20, kStart + 2s);
    CHECK(counter.total_wh() == 5020);
    counter.count(9e9, kStart + 3s);
    CHECK(counter.total_wh() == 5020);
    counter.count(9e9 + 5, kStart + 4s);
    CHECK(counter.total_wh() == 5025);
    counter.count(5030, kStart + 5s);
    CHECK(counter.total_wh() == 5025);
}

TEST_CASE("power is counted where there is no counter, but not over a silence") {
    EnergyCounter counter;
    counter.flow(3600, kStart);
    counter.flow(3600, kStart + 10s);
    CHECK(counter.total_wh() == Approx(10));
    counter.flow(3600, kStart + 2h);
    CHECK(counter.total_wh() == Approx(70));
    counter.flow(-3600, kStart + 2h + 1s);
    counter.flow(-3600, kStart + 2h + 10s);
    CHECK(counter.total_wh() == Approx(70.5));
}

TEST_CASE("after a restart the count goes on, also where the device began anew meanwhile") {
    EnergyCounter same;
    same.resume(5000);
    same.count(5100, kStart);
    CHECK(same.total_wh() == 5100);
    EnergyCounter anew;
    anew.count(3, kStart);
    anew.resume(5000);
    CHECK(anew.total_wh() == 5000);
    anew.count(10, kStart + 1s);
    CHECK(anew.total_wh() == 5007);
}

TEST_CASE("whatever is read, a count never decreases and stays a number") {
    std::minstd_rand random(20261121);
    const std::vector<double> odd{std::numeric_limits<double>::quiet_NaN(),
                                  std::numeric_limits<double>::infinity(),
                                  -1,
                                  0,
                                  1e300,
                                  -1e300,
                                  4294967295.0,
                                  1e-300};
    for (int run = 0; run < 200; ++run) {
        EnergyCounter counter;
        double last = 0;
        auto at = kStart;
        for (int i = 0; i < 200; ++i) {
            at += std::chrono::milliseconds(static_cast<long>(random() % 100'000) - 1000);
            const double value =
                random() % 4 == 0 ? odd.at(random() % odd.size()) : static_cast<double>(random() % 100'000);
            switch (random() % 3) {
                case 0:
                    counter.count(value, at);
                    break;
                case 1:
                    counter.flow(value, at);
                    break;
                default:
                    counter.resume(value < 1e6 ? value : 0);
            }
            const double now = counter.total_wh().value_or(0);
            REQUIRE(std::isfinite(now));
            REQUIRE(now >= last);
            last = now;
        }
    }
}

TEST_CASE("everything has its energies, each way by itself") {
    EnergyBook book;
    topics::GridReading grid;
    grid.power_w = -3600;
    topics::BatteryReading battery;
    battery.power_w = 1800;
    battery.charged_wh = 7;
    topics::EvseState evse;
    evse.power_w = 7200;
    for (int s = 0; s <= 20; s += 10) {
        const auto at = kStart + std::chrono::seconds(s);
        book.take(grid, at);
        book.take_battery("cellar", battery, at);
        book.take_evse("garage", evse, at);
    }
    auto all = book.changed();
    CHECK(all.at(kGridEnergy).imported_wh == 0);
    CHECK(all.at(kGridEnergy).exported_wh == 20);
    CHECK(all.at("cellar").charged_wh == 7);
    CHECK(all.at("cellar").discharged_wh == 10);
    CHECK(all.at("garage").consumed_wh == 40);
    CHECK(book.changed().empty());
    topics::EnergyTotals before;
    before.consumed_wh = 1000;
    book.resume("garage", before);
    CHECK(book.changed().at("garage").consumed_wh == 1000);
}
