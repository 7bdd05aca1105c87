#include "engine/allocate.hpp"
#include "strange_numbers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace sunherd::engine;

namespace {

/// Mostly numbers as they should be, now and then what no sensor would send.
class Nonsense : public test::StrangeNumbers {
  public:
    explicit Nonsense(std::uint64_t seed) : StrangeNumbers(seed, 41) {}

    PerPhase phases(double low, double high) {
        return {number(low, high), number(low, high), number(low, high)};
    }

    Supply supply() {
        Supply supply;
        supply.phases = whole(0, 20) == 0 ? whole(-2, 9) : 3;
        supply.base_a = phases(-20, 20);
        supply.fuse_a = number(10, 60);
        supply.import_a = number(10, 100);
        supply.discharge_a = number(0, 20);
        supply.surplus_a = number(-20, 60);
        supply.surplus_by_phase = whole(0, 1) == 0;
        supply.spare_discharge_a = number(0, 20);
        supply.balances = whole(0, 1) == 0;
        supply.inverter_phase_a = number(5, 40);
        supply.house_a = phases(0, 20);
        supply.house_most_a = phases(0, 20);
        supply.pv_a = number(0, 50);
        supply.export_a = number(0, 50);
        supply.excess_a = number(-20, 50);
        return supply;
    }
    Load load(int limits) {
        Load load;
        for (double& wires : load.path.wires) {
            wires = whole(0, 30) == 0 ? number(-3, 9) : whole(0, 1);
        }
        load.path.limit_count = static_cast<std::uint8_t>(whole(0, limits));
        for (int l = 0; l < load.path.limit_count; ++l) {
            load.path.limits.at(static_cast<std::size_t>(l)) = static_cast<std::int16_t>(l);
        }
        load.min_a = number(6, 10);
        load.max_a = number(6, 32);
        load.step_a = number(0.1, 1);
        load.priority = whole(1, 3);
        load.source = load.urgency = static_cast<Source>(whole(0, 3));
        load.active = whole(0, 5) > 0;
        load.begin_room_a = number(0, 1);
        load.held_a = whole(0, 3) == 0 ? number(0, 20) : 0;
        load.sun_most_a = whole(0, 3) == 0 ? number(0, 20) : kNoLimit;
        load.sun_least_a = whole(0, 3) == 0 ? number(0, 20) : 0;
        load.sun_wires = whole(0, 3) == 0 ? number(0, 3) : 0;
        return load;
    }
};

}  // namespace

TEST_CASE("whatever goes in, each load gets 0 or from its minimum to its maximum") {
    constexpr std::uint64_t kSeed = 20261121;
    Nonsense nonsense(kSeed);
    Allocator allocator;
    for (int site = 0; site < 50'000; ++site) {
        const auto supply = nonsense.supply();
        std::vector<Limit> limits(static_cast<std::size_t>(nonsense.whole(0, 3)));
        for (auto& limit : limits) {
            limit = {nonsense.number(6, 40), nonsense.phases(0, 10), nonsense.number(10, 90)};
        }
        std::vector<Load> loads;
        for (int i = nonsense.whole(0, 5); i > 0; --i) {
            loads.push_back(nonsense.load(static_cast<int>(limits.size())));
            loads.back().rank = i;
        }
        const auto distribution = static_cast<Distribution>(nonsense.whole(0, 3));
        const auto& allocations = allocator.run(supply, limits, loads, distribution);
        REQUIRE(allocations.size() == loads.size());
        for (std::size_t i = 0; i < loads.size(); ++i) {
            const double current_a = allocations[i].current_a;
            INFO("seed " << kSeed << ", site " << site << ", load " << i << " gets " << current_a);
            REQUIRE((current_a == 0 || (current_a >= loads[i].min_a && current_a <= loads[i].max_a)));
            REQUIRE((current_a == 0 || loads[i].active));
        }
    }
}
