#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::simulator;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kMaster = "127.0.7.1";
constexpr const char* kMeter = "127.0.7.12";

}  // namespace

TEST_CASE("faults of content: exceptions, not implemented, frozen, one odd sample") {
    Rig rig(small_site());
    SECTION("exception") {
        REQUIRE(rig.fault("heatpump", "exception", 6));
        CHECK(rig.read(kMeter, kReadInput, 0, 2).error() == 6);
    }
    SECTION("not implemented") {
        REQUIRE(rig.fault("heatpump", "nan"));
        CHECK(rig.read(kMeter, kReadInput, 0x34, 2).value() == Words{0x7FC0, 0});
        REQUIRE(rig.fault("roof", "nan"));
        CHECK(rig.read("127.0.7.10", kReadHolding, 40083, 1).value() == Words{0x8000});
        CHECK(rig.read("127.0.7.10", kReadHolding, 40000, 2).value() == Words{21365, 28243});
    }
    SECTION("frozen") {
        REQUIRE(rig.fault("heatpump", "frozen"));
        const auto first = rig.read(kMeter, kReadInput, 0, 70).value();
        rig.run(3);
        CHECK(rig.read(kMeter, kReadInput, 0, 70).value() == first);
        REQUIRE(rig.fault("heatpump", "none"));
        CHECK(rig.read(kMeter, kReadInput, 0, 70).value() != first);
    }
    SECTION("spike") {
        const double before_w = rig.f32(kMeter, 0x34);
        REQUIRE(rig.fault("heatpump", "spike"));
        CHECK(rig.f32(kMeter, 0x34) == Approx(100 * before_w));
        CHECK(rig.f32(kMeter, 0x34) == Approx(before_w));
    }
}

TEST_CASE("faults of writing: refused, or taken and not done") {
    Rig rig(small_site());
    REQUIRE(rig.fault("garage", "reject_writes", 6));
    CHECK(rig.write(kMaster, 8, float_words(10)).error() == 6);
    REQUIRE(rig.fault("garage", "none"));
    REQUIRE(rig.fault("garage", "ignore_setpoint"));
    CHECK(rig.write(kMaster, 8, float_words(10)));
    CHECK(rig.f32(kMaster, 4) == 6);
}

TEST_CASE("a fault ends by itself after its duration") {
    Rig rig(small_site());
    REQUIRE(rig.fault("garage", "dead", std::nullopt, 3));
    CHECK_FALSE(rig.device(kMaster).reachable());
    rig.run(2.9);
    CHECK_FALSE(rig.device(kMaster).reachable());
    rig.run(0.2);
    CHECK(rig.device(kMaster).reachable());

    REQUIRE(rig.fault("house", "house_extra_w", 9000, 1));
    CHECK(rig.sim().state().house_w > 9000);
    rig.run(1.1);
    CHECK(rig.sim().state().house_w < 3000);
}

TEST_CASE("the sun can be turned down") {
    Rig rig(small_site(), {}, {{0, 0, 0}, 8000});
    REQUIRE(rig.fault("house", "pv_scale", 0.25));
    CHECK(rig.sim().state().pv_w == Approx(2000));
    REQUIRE(rig.fault("house", "none"));
    CHECK(rig.sim().state().pv_w == Approx(8000));
}

TEST_CASE("what can't be done is answered with what can") {
    Rig rig(small_site());
    CHECK_THAT(rig.fault("garage", "tired").error(), Contains("no fault of garage; known: silent, dead"));
    CHECK_THAT(rig.fault("attic", "silent").error(), Contains("no simulated device 'attic'"));
    CHECK_THAT(rig.fault("house", "house_extra", 5).error(), Contains("known: house_extra_w"));
    CHECK_THAT(rig.fault("house", "pv_scale").error(), Contains("needs a value, a factor"));
    CHECK_THAT(rig.fault("garage", "slow", -800).error(), Contains("0 or more"));
    CHECK_THAT(rig.fault("left", "load_guard_dead").error(), Contains("only the master"));
    CHECK_THAT(rig.fault("cellar", "plug").error(), Contains("no EVSE"));
}

TEST_CASE("an EVSE comes online later: a hidden one of the file, or one nobody knows") {
    SiteSettings settings;
    settings.hidden = {"left"};
    Rig rig(small_site(), settings);
    CHECK_FALSE(rig.device("127.0.7.2").reachable());
    REQUIRE(rig.fault("left", "online"));
    CHECK(rig.device("127.0.7.2").reachable());

    REQUIRE(rig.fault("carport", "online"));
    CHECK(rig.device("127.0.7.3").reachable());
    CHECK(rig.read("127.0.7.3", kReadInput, 0, 1).value() == Words{1});
    CHECK(rig.sim().state().evses.count("carport") == 1);
    REQUIRE(rig.fault("carport", "offline"));
    CHECK_FALSE(rig.device("127.0.7.3").reachable());
    REQUIRE(rig.fault("court", "online"));
    CHECK_THAT(rig.fault("yard", "online").error(),
               Contains("no address is left between 127.0.7.1 and 127.0.7.4"));
}

TEST_CASE("a profile that can't be played is left out and named") {
    auto site = small_site();
    site.devices[2].profile = "steam-meter";
    Rig rig(site);
    REQUIRE(rig.sim().left_out().size() == 1);
    CHECK_THAT(rig.sim().left_out().front(), Contains("heatpump") && Contains("steam-meter"));
}

TEST_CASE("meters show what their place is: grid, circuit of EVSEs, mounted the other way round") {
    auto site = small_site();
    site.circuits = {{"cars", std::nullopt, 20, "cars-meter"}};
    site.evses[0].circuit = "cars";
    site.devices[1] = device("grid", "algodue-uem", site::Role::grid, "127.0.7.20");
    site.devices.push_back(device("cars-meter", "eastron-sdm630", site::Role::meter, "127.0.7.21"));
    site.devices.push_back(device("turned", "eastron-sdm630", site::Role::grid, "127.0.7.22"));
    site.devices.back().invert = true;
    Rig rig(site);
    REQUIRE(rig.fault("garage", "plug"));
    REQUIRE(rig.write(kMaster, 8, float_words(10)));
    rig.run(10);
    CHECK(rig.f32("127.0.7.21", 0x06) == Approx(10));
    CHECK(rig.f32("127.0.7.20", 0x1026) == Approx(rig.sim().state().grid_w));
    CHECK(rig.f32("127.0.7.22", 0x34) == Approx(-rig.sim().state().grid_w));
}
