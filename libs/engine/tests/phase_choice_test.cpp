#include "bench_site.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

struct SwitchingSite : BenchSite {
    SwitchingSite() : BenchSite(25) { add("car", ChargeMode::solar).can_switch = true; }
    /// Surplus without the car, W.
    SwitchingSite& sun(double surplus_w) {
        const double a = -surplus_w / 690;
        house({a, a, a});
        return *this;
    }
    int phases() const { return of("car").phases.value(); }
    /// Seconds in which the condition was first seen to hold.
    template <class Condition>
    int until(const Condition& condition, int at_most) {
        for (int second = 1; second <= at_most; ++second) {
            run(1);
            if (condition()) {
                return second;
            }
        }
        return at_most + 1;
    }
};

}  // namespace

TEST_CASE("sun for one phase only: one phase, with sun for three back to three, each after its time") {
    SwitchingSite site;
    site.sun(8000).run(120);
    CHECK(site.phases() == 3);
    CHECK(site.target_a("car") == Approx(8000 / 690.0).margin(0.6));

    site.sun(2300);
    CHECK(site.until([&] { return site.phases() == 1; }, 100) == Approx(62).margin(4));
    CHECK(site.target_a("car") == 0);
    CHECK(site.why("car") == ReasonCode::changing_phases);
    site.run(100);
    CHECK(site.target_a("car") == Approx(10).margin(0.6));
    CHECK(site.drawn_a(1, 0) == 0);

    site.sun(6900);
    CHECK(site.until([&] { return site.phases() == 3; }, 200) == Approx(122).margin(4));
    site.run(100);
    CHECK(site.target_a("car") == Approx(10).margin(0.6));
}

TEST_CASE("it changes without current only, and waits for a car that goes on drawing") {
    SwitchingSite site;
    site.sun(8000).run(120);
    site.sun(2300);
    int before = 3;
    for (int i = 0; i < 200; ++i) {
        const double drawn_a = site.drawn_a(0, 0);
        site.run(1);
        if (site.phases() != before) {
            CHECK(drawn_a < 1);
            CHECK(site.target_a("car") == 0);
        }
        before = site.phases();
    }
    CHECK(before == 1);
}

TEST_CASE("one that begins has one phase where the sun is enough for one only") {
    SwitchingSite site;
    site.sun(2000).run(20);
    CHECK(site.target_a("car") == 0);
    site.run(200);
    CHECK(site.phases() == 1);
    CHECK(site.target_a("car") == Approx(2000 / 230.0).margin(0.6));
}

TEST_CASE("who wants all there is gets three phases at once, also in the middle of a change") {
    SwitchingSite site;
    site.sun(2300).run(300);
    REQUIRE(site.phases() == 1);
    site.evse("car").mode = ChargeMode::now;
    site.run(40);
    CHECK(site.phases() == 3);
    CHECK(site.target_a("car") == 16);

    site.evse("car").mode = ChargeMode::solar;
    site.until([&] { return site.why("car") == ReasonCode::changing_phases; }, 200);
    site.evse("car").mode = ChargeMode::now;
    site.run(60);
    CHECK(site.phases() == 3);
    CHECK(site.target_a("car") == 16);
    site.evse("car").mode = ChargeMode::off;
    site.run(1);
    CHECK(site.target_a("car") == 0);
}

TEST_CASE("it changes no more than so often in an hour, whatever the sun does") {
    for (const int period : {90, 200, 400, 700}) {
        SwitchingSite site;
        int changes = 0;
        int starts = 0;
        for (int i = 0; i < 7200; ++i) {
            const int phases = i == 0 ? 3 : site.phases();
            const double before_a = i == 0 ? 0 : site.target_a("car");
            site.sun(i % period < period / 2 ? 7000 : 2300).run(1);
            changes += site.phases() != phases ? 1 : 0;
            starts += before_a == 0 && site.target_a("car") > 0 ? 1 : 0;
        }
        CAPTURE(period, changes, starts);
        CHECK(changes <= 2 * 4);
        CHECK(starts <= 2 * 10);
    }
}

TEST_CASE("a sun at the edge between one and three phases shakes nothing") {
    for (double surplus_w = 3900; surplus_w <= 4500; surplus_w += 50) {
        SwitchingSite site;
        site.sun(surplus_w).run(1200);
        int changes = 0;
        for (int i = 0; i < 1200; ++i) {
            const int phases = site.phases();
            site.run(1);
            changes += site.phases() != phases ? 1 : 0;
        }
        CAPTURE(surplus_w);
        CHECK(changes == 0);
    }
}

TEST_CASE("an EVSE that says three phases though told one is counted on all of them") {
    SwitchingSite site;
    site.evse("car").phases_in_use = 3;
    site.sun(2300).run(300);
    REQUIRE(site.phases() == 1);
    site.evse("car").mode = ChargeMode::eco;
    site.house({2, 24, 24}).run(10);
    CHECK(site.target_a("car") == 0);
}

TEST_CASE("a car of one phase needs no change") {
    SwitchingSite site;
    site.evse("car").wiring.count = 1;
    site.sun(2300).run(300);
    CHECK(site.phases() == 3);
    CHECK(site.target_a("car") == Approx(10).margin(0.6));
}
