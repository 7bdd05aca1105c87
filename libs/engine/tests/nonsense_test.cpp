#include "bench_site.hpp"
#include "strange_numbers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace sunherd::engine;
using namespace sunherd::engine::test;

namespace {

/// Mostly what a site says, now and then what none should say.
class Nonsense : public StrangeNumbers {
  public:
    explicit Nonsense(std::uint64_t seed) : StrangeNumbers(seed, 26) {}

    std::optional<double> maybe(double low, double high) {
        return whole(0, 3) == 0 ? std::nullopt : std::optional(number(low, high));
    }
    /// Also before the start, and in the future.
    std::optional<Instant> instant(Instant now) {
        return whole(0, 15) == 0
                   ? std::nullopt
                   : std::optional(now - Instant(odd() ? whole(-100'000, 100'000) : whole(0, 3000)));
    }
    PhaseValues phases(double low, double high) {
        PhaseValues values;
        for (int p = 0; p < 3; ++p) {
            values[p] = whole(0, 30) == 0 ? std::nullopt : std::optional(number(low, high));
        }
        return values;
    }

    Site site(Instant now) {
        Site site;
        site.now = now;
        site.phases = odd() ? whole(-3, 9) : 3;
        site.nominal_voltage_v = number(220, 240);
        site.grid_power_w = maybe(-9000, 9000);
        const int circuits = odd() ? whole(0, 12) : whole(1, 4);
        for (int c = 0; c < circuits; ++c) {
            site.circuits.push_back(circuit(c, now));
        }
        for (int b = whole(0, 2); b > 0; --b) {
            site.batteries.push_back(battery(now));
        }
        site.pv.push_back({.power_w = maybe(0, 9000), .read_at = instant(now)});
        const int evses = odd() ? 40 : whole(0, 6);
        for (int i = 0; i < evses; ++i) {
            site.evses.push_back(evse(i, circuits, now));
        }
        site.distribution = static_cast<Distribution>(whole(0, 3));
        site.excess_threshold_w = number(0, 3000);
        site.max_import_w = maybe(0, 20000);
        site.max_average_w = maybe(0, 20000);
        site.quarter_left = Instant(odd() ? whole(-2'000'000, 2'000'000) : whole(0, 900'000));
        site.max_evse_w = maybe(0, 20000);
        site.max_imbalance_a = maybe(0, 30);
        site.timing.max_starts_per_hour = odd() ? whole(-5, 100) : 10;
        return site;
    }

  private:
    Circuit circuit(int index, Instant now) {
        return {.id = "c" + std::to_string(index),
                .parent = odd() ? whole(-3, 12) : std::max(0, index - 1),
                .limit_a = number(10, 63),
                .metered = whole(0, 1) == 0,
                .current_a = phases(-20, 40),
                .read_at = instant(now),
                .max_w = maybe(0, 20000),
                .curve = whole(0, 1) == 0 ? std::nullopt : std::optional(FuseCurve::B),
                .distribution = whole(0, 1) == 0 ? std::nullopt : std::optional(Distribution::shared)};
    }
    Battery battery(Instant now) {
        Battery battery;
        battery.power_w = maybe(-5000, 5000);
        battery.read_at = instant(now);
        battery.soc_pct = maybe(0, 100);
        battery.soc_min_pct = number(0, 30);
        battery.spare_below_min = whole(0, 1) == 0;
        battery.soc_target_pct = maybe(30, 100);
        battery.soc_hysteresis_pct = number(0, 9);
        battery.max_charge_w = maybe(0, 5000);
        battery.max_discharge_w = maybe(0, 5000);
        return battery;
    }
    Evse evse(int index, int circuits, Instant now) {
        Evse evse;
        evse.id = odd() ? "twin" : "evse" + std::to_string(index);
        evse.circuit = odd() ? whole(-3, 40) : whole(0, std::max(0, circuits - 1));
        for (int& phase : evse.wiring.site_phase) {
            phase = odd() ? whole(-9, 9) : whole(0, 2);
        }
        evse.wiring.count = odd() ? whole(-5, 9) : whole(1, 3);
        evse.min_a = number(6, 10);
        evse.max_a = number(6, 32);
        evse.fallback_a = number(0, 6);
        evse.step_a = number(0.1, 1);
        evse.can_switch = whole(0, 2) == 0;
        evse.phases_in_use = odd() ? std::optional(whole(-3, 9)) : std::nullopt;
        evse.priority = whole(-1000, 1000);
        evse.mode = static_cast<ChargeMode>(whole(0, 7));
        evse.night_open = whole(0, 1) == 0;
        evse.plan_a = maybe(0, 32);
        if (whole(0, 9) > 0) {
            evse.state = static_cast<Iec61851>(whole(0, 5));
        }
        evse.current_a = phases(0, 16);
        evse.power_w = maybe(0, 11000);
        evse.vehicle_max_a = maybe(6, 32);
        evse.in_force_a = maybe(0, 32);
        evse.unconfirmed_a = maybe(0, 32);
        evse.read_at = instant(now);
        return evse;
    }
};

bool is_sane(const Site& site, const Decision& decision) {
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        const auto& evse = site.evses[i];
        const double target_a = decision.evses[i].target_a;
        const bool in_range =
            target_a == 0 || (target_a >= evse.min_a - 1e-6 && target_a <= evse.max_a + 1e-6);
        if (!std::isfinite(target_a) || !in_range || !(decision.evses[i].fallback_a <= target_a)) {
            return false;
        }
    }
    return decision.evses.size() == site.evses.size();
}

}  // namespace

TEST_CASE("I18: no nonsense makes a decision crash, or leave an EVSE's range") {
    const char* asked = std::getenv("SUNHERD_SEED");
    const std::uint64_t seed = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 20261121;
    Nonsense nonsense(seed);
    int broken = 0;
    for (int run = 0; run < 2000; ++run) {
        Decision decision;
        Instant now = 1h;
        for (int step = 0; step < 10; ++step) {
            now += Instant(nonsense.odd() ? nonsense.whole(-100'000, 100'000) : nonsense.whole(0, 2000));
            const Site site = nonsense.site(now);
            decide(site, decision);
            broken += is_sane(site, decision) ? 0 : 1;
        }
    }
    CAPTURE(seed);
    CHECK(broken == 0);
}

TEST_CASE("I18: readings that are no numbers raise nothing") {
    for (const double strange :
         {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        BenchSite bench(25);
        bench.add("one").fallback_a = 0;
        bench.add("two", ChargeMode::solar).fallback_a = 6;
        bench.house({-9, -9, -9}).run(100);
        const auto before = bench.last;
        for (int i = 0; i < 20; ++i) {
            bench.house({strange, -9, -9}).run(1);
            for (std::size_t e = 0; e < 2; ++e) {
                CHECK(bench.last.evses[e].target_a <= before.evses[e].target_a);
                CHECK(bench.last.evses[e].target_a <= bench.site.evses[e].fallback_a);
            }
        }
    }
}

TEST_CASE("ten thousand EVSEs are decided about") {
    BenchSite bench(1000);
    for (int i = 0; i < 10'000; ++i) {
        bench.add("evse" + std::to_string(i));
    }
    for (int second = 0; second < 10; ++second) {
        bench.site.now += 1s;
        bench.measure();
        bench.decide();
    }
    double sum_a = 0;
    for (const auto& evse : bench.last.evses) {
        sum_a += evse.target_a;
    }
    CHECK(sum_a <= 998);
    CHECK(sum_a > 900);
}
