#include "house/house.hpp"

#include "house/built_in_day.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace sunherd::house;
using namespace std::chrono_literals;

namespace {

const auto start = sunherd::topics::parse_rfc3339("2026-06-21T08:00:00Z").value();

class Fixed : public DemandSource {
  public:
    explicit Fixed(const Demand& demand) : demand_(demand) {}
    Demand at(sunherd::topics::Timestamp) const override { return demand_; }

  private:
    Demand demand_;
};

House lively_house(std::uint64_t seed, double speed = 1) {
    House house({.speed = speed, .start = start, .seed = seed}, std::make_shared<BuiltInDay>(seed));
    const auto visits = plan_visits({}, 3, {.start = start, .speed = speed, .seed = seed});
    house.add_charge_point("garage", PhaseRotation::parse("L1L2L3").value(), visits[0]);
    house.add_charge_point("left", PhaseRotation::parse("L2L3L1").value(), visits[1]);
    house.add_charge_point("right", PhaseRotation::parse("L3").value(), visits[2]);
    house.add_battery({}, 50);
    return house;
}

/// Other offers, and now and then another load and another sun.
void disturb(House& house, int i) {
    house.point(static_cast<std::size_t>(i) % 3).offer(static_cast<double>(mix(i / 100) % 17));
    if (i % 1000 == 0) {
        house.set_extra_w({static_cast<double>(i), 0, 500});
        house.set_pv_scale(i % 2000 == 0 ? 0.5 : 1);
    }
}

/// What comes in less what goes out, and power less volts times amperes, of the worst phase.
double imbalance_w(const Flows& flows) {
    double worst_w = 0;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const double in_w = flows.grid_w.at(phase) + flows.pv_w.at(phase) + flows.battery_w.at(phase);
        const double out_w = flows.house_w.at(phase) + flows.evse_w.at(phase);
        const double from_current_w = flows.grid_current_a.at(phase) * flows.voltage_v.at(phase);
        worst_w =
            std::max({worst_w, std::abs(in_w - out_w), std::abs(from_current_w - flows.grid_w.at(phase))});
    }
    return worst_w;
}

}  // namespace

TEST_CASE("nothing gets lost: grid + pv + battery = house + EVSEs on each phase, always") {
    House house = lively_house(3);
    bool charged = false;
    for (int i = 0; i < 20 * 300; ++i) {
        disturb(house, i);
        house.step(0.05);
        const Flows& flows = house.flows();
        REQUIRE(imbalance_w(flows) < 1e-6);
        REQUIRE(*std::min_element(flows.house_w.begin(), flows.house_w.end()) >= 0);
        charged = charged || sum(flows.evse_w) > 1000;
    }
    CHECK(charged);
}

TEST_CASE("the same seed gives the same house, another one another") {
    House one = lively_house(3);
    House two = lively_house(3);
    House other = lively_house(4);
    for (int i = 0; i < 2000; ++i) {
        for (House* house : {&one, &two, &other}) {
            house->point(0).offer(16);
            house->step(0.05);
        }
        REQUIRE(one.flows().grid_w == two.flows().grid_w);
        REQUIRE(one.flows().voltage_v == two.flows().voltage_v);
    }
    CHECK(one.flows().grid_w != other.flows().grid_w);
}

TEST_CASE("readings are never bit-identical, not even of a house without load") {
    House house({}, std::make_shared<Fixed>(Demand{}));
    auto last = house.flows();
    for (int i = 0; i < 100; ++i) {
        house.step(0.05);
        CHECK(house.flows().voltage_v != last.voltage_v);
        last = house.flows();
    }
}

TEST_CASE("a load from outside shows on the grid at once") {
    House house({}, std::make_shared<Fixed>(Demand{{100, 100, 100}, 0}));
    house.step(0.05);
    const double before_w = house.flows().grid_w[1];
    house.set_extra_w(evenly(6000));
    CHECK(house.flows().grid_w[1] - before_w == Approx(2000));
}

TEST_CASE("the trace's clock and the energies run faster, control does not") {
    House house({.speed = 60, .start = start}, std::make_shared<Fixed>(Demand{{3000, 0, 0}, 0}));
    house.add_charge_point("garage", PhaseRotation(), {{start, start + 10h, Car({}, 0)}});
    house.point(0).offer(16);
    for (int i = 0; i < 20; ++i) {
        house.step(0.05);
    }
    CHECK(house.trace_time() == start + 60s);
    CHECK(house.energies().house_wh == Approx(50).epsilon(0.02));
    CHECK(house.point(0).charging() == Charging::starting);
}

TEST_CASE("cars come and go by the trace's clock") {
    House house({.speed = 1, .start = start}, std::make_shared<Fixed>(Demand{}));
    house.add_charge_point("garage", PhaseRotation(),
                           {{start - 1h, start + 10s, Car({}, 0)}, {start + 20s, start + 30s, Car({}, 0)}});
    std::string seen;
    for (int second = 1; second < 35; ++second) {
        house.step(1);
        seen += house.point(0).car() ? 'c' : '.';
    }
    CHECK(seen == "ccccccccc..........cccccccccc.....");
}
