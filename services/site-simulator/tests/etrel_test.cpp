#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::simulator;

namespace {

constexpr const char* kMaster = "127.0.7.1";
constexpr const char* kFollower = "127.0.7.2";

site::Site layout(topics::PortLayout ports) {
    auto site = small_site();
    site.evses[0].ports = ports;
    return site;
}

}  // namespace

TEST_CASE("an Etrel says on one socket what is, and takes on the other what shall be") {
    Rig rig(small_site());
    CHECK(rig.read(kMaster, kReadInput, 0, 48));
    CHECK(rig.read(kMaster, kReadInput, 990, 40));
    CHECK(rig.read(kMaster, kReadInput, 2000, 26));
    CHECK(rig.read(kMaster, kReadInput, 2100, 14));
    CHECK(rig.read(kMaster, kReadInput, 3000, 1).value() == Words{1});
    CHECK(rig.read(kMaster, kReadInput, 40, 20).error() == kIllegalAddress);
    CHECK(rig.read(kMaster, kReadHolding, 0, 2).error() == kIllegalFunction);
    CHECK(rig.write(kMaster, 8, float_words(10), Port::first).error() == kIllegalFunction);

    CHECK(rig.write(kMaster, 8, {0x4112, 0xCA40}));
    CHECK(rig.f32(kMaster, 4) == Approx(9.174377));
    CHECK(rig.read(kMaster, kReadHolding, 8, 2, Port::second).error() == kIllegalFunction);
    CHECK(rig.read(kMaster, kReadInput, 0, 2, Port::second).error() == kIllegalAddress);
    CHECK(rig.ask(kMaster, Port::second, {1, 1, kWriteSingle, 2, 1, {1}}).error() == kIllegalFunction);
    CHECK(rig.write(kMaster, 20, {1, 2}).error() == kIllegalAddress);
}

TEST_CASE("the vendor's layout: charger on the first socket, cluster on the second") {
    Rig rig(layout(topics::PortLayout::charger_cluster));
    CHECK(rig.read(kMaster, kReadInput, 0, 48));
    CHECK(rig.read(kMaster, kReadInput, 2000, 26).error() == kIllegalAddress);
    CHECK(rig.read(kMaster, kReadInput, 2000, 26, Port::second));
    CHECK(rig.read(kMaster, kReadInput, 3000, 1, Port::second).value() == Words{1});
    CHECK(rig.read(kMaster, kReadInput, 0, 48, Port::second).error() == kIllegalAddress);
    CHECK(rig.write(kMaster, 8, float_words(9), Port::first));
    CHECK(rig.read(kMaster, kReadInput, 4, 2).value() == Words{0x4110, 0x0000});
    CHECK(rig.write(kMaster, 8, float_words(9), Port::second).error() == kIllegalAddress);

    Words limits = float_words(12);
    limits.insert(limits.end(), {0x4140, 0, 0x4140, 0});
    CHECK(rig.write(kMaster, 2000, limits, Port::first).error() == kIllegalAddress);
    CHECK(rig.write(kMaster, 8, float_words(16), Port::first));
    CHECK(rig.write(kMaster, 2000, limits, Port::second));
    CHECK(rig.f32(kMaster, 4) == 12);
}

TEST_CASE("setpoints: too high is exception 12, zero pauses, odd ones are refused") {
    Rig rig(small_site());
    CHECK(rig.write(kMaster, 8, float_words(16.5F)).error() == 12);
    CHECK(rig.write(kMaster, 8, float_words(3)).error() == kIllegalValue);
    CHECK(rig.write(kMaster, 8, float_words(-1)).error() == kIllegalValue);
    CHECK(rig.write(kMaster, 8, {0x7FC0, 0}).error() == kIllegalValue);
    CHECK(rig.f32(kMaster, 4) == 6);
    CHECK(rig.write(kMaster, 8, {0, 0}));
    CHECK(rig.f32(kMaster, 4) == 0);
    CHECK(rig.write(kMaster, 10, {1}));  // cancelled: as much as it may
    CHECK(rig.f32(kMaster, 4) == 16);
    CHECK(rig.write(kMaster, 2, {1}));
    CHECK(rig.f32(kMaster, 4) == 0);
    CHECK(rig.write(kMaster, 11, float_words(6.9F)));  // kW over three phases
    CHECK(rig.f32(kMaster, 4) == Approx(10));
}

TEST_CASE("nobody writes any more: the fallback current of the device") {
    Rig rig(small_site());
    REQUIRE(rig.write(kMaster, 8, float_words(12)));
    rig.run(59);
    CHECK(rig.f32(kMaster, 4) == 12);
    rig.run(2);
    CHECK(rig.f32(kMaster, 4) == 6);
    rig.run(61);
    REQUIRE(rig.write(kMaster, 8, {0, 0}));
    rig.run(61);
    CHECK(rig.f32(kMaster, 4) == 6);
}

TEST_CASE("a session from plug to end, on the charger's own phases") {
    auto site = small_site();
    site.evses[0].phase_rotation = "L2L3L1";
    Rig rig(site);
    CHECK(rig.read(kMaster, kReadInput, 0, 2).value() == Words{1, 4});
    REQUIRE(rig.fault("garage", "plug", 30));
    REQUIRE(rig.write(kMaster, 8, {0, 0}));
    rig.run(1);
    CHECK(rig.read(kMaster, kReadInput, 0, 1).value() == Words{6});
    REQUIRE(rig.write(kMaster, 8, float_words(10)));
    rig.run(0.5);
    CHECK(rig.read(kMaster, kReadInput, 0, 1).value() == Words{3});
    rig.run(8);
    CHECK(rig.read(kMaster, kReadInput, 0, 2).value() == Words{4, 0});
    CHECK(rig.f32(kMaster, 14) == 10);
    CHECK(rig.f32(kMaster, 26) == Approx(6.9).margin(0.1));
    CHECK(rig.f32(kMaster, 30) > 0);
    CHECK(rig.f32(kMaster, 2100) == 10);
    CHECK(rig.read(kMaster, kReadInput, 1024, 3).value() == Words{2, 3, 1});
    REQUIRE(rig.write(kMaster, 1, {1}));
    rig.run(8);
    CHECK(rig.read(kMaster, kReadInput, 0, 1).value() == Words{7});
    REQUIRE(rig.fault("garage", "unplug"));
    CHECK(rig.read(kMaster, kReadInput, 0, 1).value() == Words{1});
}

TEST_CASE("identity: strings, the connector count with its low word first") {
    Rig rig(small_site());
    CHECK(rig.read(kMaster, kReadInput, 990, 4).value() == Words{0x3138, 0x3031, 0x3130, 0x3030});
    CHECK(rig.read(kMaster, kReadInput, 1015, 3).value() == Words{0x352E, 0x342E, 0x3100});
    CHECK(rig.read(kMaster, kReadInput, 1020, 2).value() == Words{1, 0});
    CHECK(rig.f32(kMaster, 1028) == 16);
}

TEST_CASE("a Duo has its second connector a hundred registers on") {
    auto site = small_site();
    site.evses[1].host = kMaster;
    site.evses[1].connector = 2;
    Rig rig(site);
    CHECK(rig.read(kMaster, kReadInput, 1020, 2).value() == Words{2, 0});
    CHECK(rig.write(kMaster, 108, float_words(11)));
    CHECK(rig.f32(kMaster, 104) == 11);
    CHECK(rig.f32(kMaster, 4) == 6);
    CHECK(rig.f32(kMaster, 1128) == 16);
}

TEST_CASE("the Load Guard is the grid, at the master only, and shows a step at once") {
    Rig rig(small_site(), {}, {{900, 600, 300}, 0});
    rig.run(0.05);
    CHECK(rig.read(kMaster, kReadInput, 2000, 1).value() == Words{1});
    const double before_kw = rig.f32(kMaster, 2018);
    REQUIRE(rig.fault("house", "house_extra_l2_w", 4600));
    CHECK(rig.f32(kMaster, 2018) - before_kw == Approx(4.6).margin(1e-3));
    CHECK(rig.f32(kMaster, 2012) * rig.f32(kMaster, 2006) / 1000 ==
          Approx(rig.f32(kMaster, 2018)).margin(1e-3));
    CHECK(rig.read(kFollower, kReadInput, 2000, 26).value() == Words(26));
    CHECK(rig.read(kFollower, kReadInput, 3000, 1).value() == Words{0});
}

TEST_CASE("a dead Load Guard comes back with a restart of the master, or when its supply is cut") {
    Rig rig(small_site());
    REQUIRE(rig.fault("garage", "load_guard_dead"));
    CHECK(rig.read(kMaster, kReadInput, 2000, 26).value() == Words(26));
    CHECK(rig.read(kMaster, kReadInput, 3000, 1).value() == Words{1});
    SECTION("restart") {
        REQUIRE(rig.write(kMaster, 8, float_words(14)));
        REQUIRE(rig.write(kMaster, 1004, {1}));
        CHECK_FALSE(rig.device(kMaster).reachable());
        rig.run(29);
        CHECK_FALSE(rig.device(kMaster).reachable());
        rig.run(2);
        CHECK(rig.device(kMaster).reachable());
        CHECK(rig.f32(kMaster, 4) == 6);
    }
    SECTION("power cycle") {
        REQUIRE(rig.fault("garage", "load_guard_power_cycled"));
        rig.run(5);
        CHECK(rig.read(kMaster, kReadInput, 2000, 1).value() == Words{0});
        rig.run(6);
    }
    CHECK(rig.read(kMaster, kReadInput, 2000, 1).value() == Words{1});
    CHECK(rig.f32(kMaster, 2004) == Approx(230).margin(3));
}

TEST_CASE("a Load Guard can also stand still while it says that all is well") {
    Rig rig(small_site());
    const auto last = rig.read(kMaster, kReadInput, 2000, 26).value();
    REQUIRE(rig.fault("garage", "load_guard_dead", 1));
    rig.run(5);
    CHECK(rig.read(kMaster, kReadInput, 2000, 26).value() == last);
    CHECK(last[0] == 1);
}
