#include "site_files.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::site;
using namespace sunherd::site::testing;
using Texts = std::vector<std::string>;

namespace {

const std::string kSecond = "  - { id: left, profile: etrel-inch, host: 10.0.0.2";

std::string device(const std::string& more) {
    return "devices:\n  - { id: cellar, host: 10.0.0.9" + more + " }\n";
}

}  // namespace

TEST_CASE("circuits, devices and EVSEs have different ids") {
    CHECK(problems_of(
              with_master("", kSecond + " }\n  - { id: garage, profile: etrel-inch, host: 10.0.0.3 }\n")) ==
          Texts{"site.yaml:6: evses[2].id: the id garage is taken by evses[0].id in line 4; circuits, "
                "devices and EVSEs "
                "must all have different ones"});
    CHECK(problems_of(with_master("", "circuits: [{ id: garage, fuse_a: 20 }]\n")) ==
          Texts{"site.yaml:4: evses[0].id: the id garage is taken by circuits[0].id in line 5; circuits, "
                "devices and "
                "EVSEs must all have different ones"});
}

TEST_CASE("what stands for the site itself is no name for a part of it") {
    CHECK(problems_of(with_master("", "circuits: [{ id: main, fuse_a: 20 }]\n")) ==
          Texts{"site.yaml:5: circuits[0].id: the id main stands for the site's own; take another"});
    for (const std::string id : {"site", "grid-connection"}) {
        CHECK(problems_of(with_master(
                  "", "devices: [{ id: " + id + ", profile: varta, role: battery, host: 10.0.0.9 }]\n")) ==
              Texts{"site.yaml:5: devices[0].id: the id " + id + " stands for the site's own; take another"});
    }
    CHECK(problems_of(
              with_master("", "devices: [{ id: main, profile: varta, role: battery, host: 10.0.0.9 }]\n"))
              .empty());
}

TEST_CASE("circuits nest as deep as the engine follows") {
    std::string yaml = "circuits:\n  - { id: c1, fuse_a: 20 }\n";
    for (int i = 2; i <= 8; ++i) {
        yaml +=
            "  - { id: c" + std::to_string(i) + ", fuse_a: 20, parent: c" + std::to_string(i - 1) + " }\n";
    }
    CHECK(problems_of(with_master("", yaml)).empty());
    yaml += "  - { id: c9, fuse_a: 20, parent: c8 }\n";
    CHECK(problems_of(with_master("", yaml)) ==
          Texts{"site.yaml:14: circuits[8].parent: more than 8 fuses one behind the other; leave out those "
                "that never bind"});
}

TEST_CASE("circuits are a tree") {
    CHECK(problems_of(with_master("", "circuits:\n  - { id: a, fuse_a: 20, parent: a }\n")) ==
          Texts{"site.yaml:6: circuits[0].parent: circuit a would hang on itself; the outermost one has no "
                "parent"});
    CHECK(problems_of(
              with_master("",
                          "circuits:\n  - { id: a, fuse_a: 20, parent: b }\n  - { id: b, fuse_a: 20, parent: "
                          "a }\n  - { id: c, fuse_a: 20, parent: a }\n")) ==
          Texts{"site.yaml:6: circuits[0].parent: circuit a would hang on itself; the outermost one has no "
                "parent",
                "site.yaml:7: circuits[1].parent: circuit b would hang on itself; the outermost one has no "
                "parent"});
    CHECK(problems_of(with_master("", "circuits:\n  - { id: carport, fuse_a: 20, parent: barn }\n")) ==
          Texts{"site.yaml:6: circuits[0].parent: there is no circuit barn; there are carport"});
    CHECK(problems_of(with_master(", circuit: carprt", "circuits:\n  - { id: carport, fuse_a: 20 }\n")) ==
          Texts{"site.yaml:4: evses[0].circuit: there is no circuit carprt; did you mean carport?"});
    CHECK(problems_of(with_master(", circuit: carport")) ==
          Texts{"site.yaml:4: evses[0].circuit: there is no circuit carport; describe it under circuits"});
    CHECK(problems_of(with_master("", "circuits:\n  - { id: a, fuse_a: 20, meter: cellar }\n" +
                                          device(", profile: varta, role: battery"))) ==
          Texts{"site.yaml:6: circuits[0].meter: there is no device cellar with role: meter under devices"});
}

TEST_CASE("one charging point stands in the file once") {
    CHECK(problems_of(with_master("", "  - { id: left, profile: etrel-inch, host: 10.0.0.1 }\n")) ==
          Texts{"site.yaml:5: evses[1].host: is the same charging point as EVSE garage in line 4 (10.0.0.1 "
                "port 502 unit "
                "1 connector 1); the second one of a Duo has `connector: 2`"});
    CHECK(
        problems_of(with_master("", "  - { id: left, profile: etrel-inch, host: 10.0.0.1, connector: 2 }\n"))
            .empty());
}

TEST_CASE("exactly one source tells the grid reading") {
    CHECK(problems_of(with("")) == Texts{"site.yaml:2: grid: nothing measures the grid connection; write "
                                         "`master: true` at the EVSE that carries "
                                         "the Load Guard, or add a device with `role: grid`"});
    CHECK(problems_of(with(device(", profile: algodue-uem, role: grid"))).empty());
    CHECK(problems_of(with_master("", device(", profile: algodue-uem, role: grid"))) ==
          Texts{"site.yaml:6: devices[0].role: a second source of the grid reading beside evses[0].master in "
                "line 4; keep "
                "the one at the main fuse (a device may become `role: meter`)"});
    CHECK(problems_of(with_master("", kSecond + ", master: true }\n")) ==
          Texts{"site.yaml:5: evses[1].master: a second source of the grid reading beside evses[0].master in "
                "line 4; keep "
                "the one at the main fuse (a device may become `role: meter`)"});
}

TEST_CASE("currents of an EVSE fit together") {
    CHECK(problems_of(with_master(", min_current_a: 10, max_current_a: 8")) ==
          Texts{"site.yaml:4: evses[0].max_current_a: must be at least min_current_a (10), not 8"});
    CHECK(problems_of(with_master(", fallback_current_a: 3")) ==
          Texts{"site.yaml:4: evses[0].fallback_current_a: must be 0 or from min_current_a to max_current_a "
                "(6 to 16), "
                "not 3"});
    CHECK(problems_of(with_master(", fallback_current_a: 20")) ==
          Texts{"site.yaml:4: evses[0].fallback_current_a: must be 0 or from min_current_a to max_current_a "
                "(6 to 16), "
                "not 20"});
    CHECK(problems_of(with_master(", fallback_current_a: 0")).empty());
    CHECK(problems_of(with_master(", night: [{ from: '22:00', to: '06:00', max_current_a: 20 }]")) ==
          Texts{"site.yaml:4: evses[0].night[0].max_current_a: must be from min_current_a to max_current_a "
                "(6 to 16), "
                "not 20"});
}

TEST_CASE("phases and their rotation fit together and the site") {
    CHECK(problems_of(with_master(", phases: 1")) ==
          Texts{"site.yaml:4: evses[0].phase_rotation: must name as many phases as `phases` says (1), not "
                "L1L2L3; say "
                "which of the site's phases feed it, e.g. L2"});
    CHECK(problems_of(with_master(", phases: 1, phase_rotation: L2")).empty());
    CHECK(problems_of(with_master(", phase_rotation: L2L3")) ==
          Texts{"site.yaml:4: evses[0].phase_rotation: must name as many phases as `phases` says (3), not "
                "L2L3; say "
                "which of the site's phases feed it, e.g. L2L3L1"});
    const std::string one_phase =
        "site: { id: a }\ngrid: { main_fuse_a: 25, phases: 1 }\nevses:\n  - { id: e, profile: "
        "etrel-inch, host: h, master: true";
    CHECK(site_of(one_phase + " }\n").evses[0].phase_rotation == "L1");
    CHECK(site_of(one_phase + " }\n").evses[0].phases == 1);
    CHECK(problems_of(one_phase + ", phases: 3 }\n") ==
          Texts{"site.yaml:4: evses[0].phases: must be 1, not 3: the grid connection has one phase"});
    CHECK(
        problems_of(one_phase + ", phase_rotation: L2 }\n") ==
        Texts{"site.yaml:4: evses[0].phase_rotation: must be L1, not L2: the grid connection has one phase"});
}

TEST_CASE("fallback currents never overload a fuse, phase by phase") {
    const std::string circuit = "circuits: [{ id: carport, fuse_a: 10 }]\n";
    CHECK(problems_of(with_master(", circuit: carport", kSecond + ", circuit: carport }\n" + circuit)) ==
          Texts{"site.yaml:6: circuits[0].fuse_a: fallback would overload this fuse: with their "
                "fallback_current_a the "
                "EVSEs behind it may take 12 A on L1 of 10 A; lower fallback_current_a of some (0 lets them "
                "pause)"});
    CHECK(problems_of(with_master(", circuit: carport",
                                  kSecond + ", circuit: carport, fallback_current_a: 0 }\n" + circuit))
              .empty());
    const std::string one_phase = ", max_current_a: 32, fallback_current_a: 13, phases: 1, phase_rotation: ";
    CHECK(problems_of(with_master(one_phase + "L1", kSecond + one_phase + "L2 }\n")).empty());
    CHECK(problems_of(with_master(one_phase + "L2", kSecond + one_phase + "L2 }\n")) ==
          Texts{"site.yaml:2: grid.main_fuse_a: fallback would overload this fuse: with their "
                "fallback_current_a the "
                "EVSEs behind it may take 26 A on L2 of 25 A; lower fallback_current_a of some (0 lets them "
                "pause)"});
}

TEST_CASE("a circuit's fuse also counts what hangs on circuits below it") {
    CHECK(problems_of(
              with_master(", circuit: inner",
                          kSecond + ", circuit: outer }\ncircuits:\n  - { id: outer, fuse_a: 10 }\n  - { id: "
                                    "inner, fuse_a: 16, parent: outer }\n")) ==
          Texts{"site.yaml:7: circuits[0].fuse_a: fallback would overload this fuse: with their "
                "fallback_current_a the "
                "EVSEs behind it may take 12 A on L1 of 10 A; lower fallback_current_a of some (0 lets them "
                "pause)"});
}

TEST_CASE("the time zone exists") {
    CHECK(problems_of("site: { id: home, time_zone: Europe/Berln }\ngrid: { main_fuse_a: 25 }\n" +
                      device(", profile: algodue-uem, role: grid")) ==
          Texts{"site.yaml:1: site.time_zone: there is no time zone \"Europe/Berln\"; did you mean "
                "Europe/Berlin?"});
    CHECK(problems_of("site: { id: home, time_zone: ../../etc/passwd }\ngrid: { main_fuse_a: 25 }\n" +
                      device(", profile: algodue-uem, role: grid")) ==
          Texts{"site.yaml:1: site.time_zone: there is no time zone \"../../etc/passwd\"; write it like "
                "Europe/Berlin"});
}

TEST_CASE("the role of a device fits what it is") {
    CHECK(problems_of(with_master("", device(", profile: sunspec-inverter, role: battery"))) ==
          Texts{"site.yaml:6: devices[0].role: the profile sunspec-inverter can't be role battery; it can be "
                "pv"});
    CHECK(problems_of(with_master("", device(", profile: eastron-sdm630, role: battery"))) ==
          Texts{"site.yaml:6: devices[0].role: the profile eastron-sdm630 can't be role battery; it can be "
                "grid, pv or "
                "meter"});
    CHECK(problems_of(with_master("", device(", profile: varta, role: meter"))) ==
          Texts{"site.yaml:6: devices[0].role: the profile varta can't be role meter; it can be battery"});
}

TEST_CASE("a discovery range is one") {
    const auto range = [](const std::string& first, const std::string& last, const std::string& more = "") {
        return problems_of(
            with_master("", "discovery: { first_host: " + first + ", last_host: " + last + more + " }\n"));
    };
    CHECK(range("10.0.0.0", "10.0.0.255").empty());
    CHECK(range("10.0.0.0", "10.0.1.0") ==
          Texts{"site.yaml:5: discovery.last_host: the range has 257 addresses; at most 256 are tried"});
    CHECK(range("10.0.0.9", "10.0.0.8") ==
          Texts{"site.yaml:5: discovery.last_host: lies before first_host 10.0.0.9"});
    CHECK(range("10.0.0.256", "10.0.0.8") == Texts{"site.yaml:5: discovery.first_host: must be an IPv4 "
                                                   "address as 192.168.1.40, not \"10.0.0.256\""});
    CHECK(range("10.0.0.1", "10.0.0.8", ", circuit: barn") ==
          Texts{"site.yaml:5: discovery.circuit: there is no circuit barn; describe it under circuits"});
}

TEST_CASE("a restart of the Load Guard has what its way needs") {
    CHECK(problems_of(with_master(", load_guard_restart: { by: mqtt }")) ==
          Texts{"site.yaml:4: evses[0].load_guard_restart.topic: is missing; with `by: mqtt` it says where "
                "the switch takes "
                "commands, e.g. cmnd/loadguard/POWER",
                "site.yaml:4: evses[0].load_guard_restart.off: is missing; with `by: mqtt` it says what "
                "turns the supply "
                "off, e.g. \"OFF\""});
    CHECK(problems_of(with_master(", load_guard_restart: { by: http }")) ==
          Texts{"site.yaml:4: evses[0].load_guard_restart.url: is missing; with `by: http` it says what to "
                "ask, e.g. "
                "http://192.168.1.9/relay/0?turn=off&timer=10"});
    CHECK(problems_of(
              with_master(", load_guard_restart: { by: modbus, first_pause_s: 600, longest_pause_s: 60 }")) ==
          Texts{"site.yaml:4: evses[0].load_guard_restart.longest_pause_s: must be at least first_pause_s "
                "(600), not 60"});
    CHECK(problems_of(with_master("", kSecond + ", load_guard_restart: { by: modbus } }\n")) ==
          Texts{"site.yaml:5: evses[1].load_guard_restart: only the master EVSE has a Load Guard; write "
                "`master: true` or "
                "leave it out"});
}

TEST_CASE("the mode night needs a window") {
    CHECK(
        problems_of(with_master(", mode: night")) ==
        Texts{
            "site.yaml:4: evses[0].mode: night needs a window, or it would never charge; e.g. night: [{from: "
            "\"22:00\", to: \"06:00\"}]"});
}

TEST_CASE("only a battery has a battery's rules, and its target is not below its minimum") {
    CHECK(problems_of(with_master("", device(", profile: varta, role: battery, battery: { min_soc_pct: 50, "
                                             "target_soc_pct: 40 }"))) ==
          Texts{"site.yaml:6: devices[0].battery.target_soc_pct: lies below min_soc_pct 50; the target is "
                "the higher one"});
    CHECK(problems_of(with_master(
              "", device(", profile: eastron-sdm630, role: meter, battery: { min_soc_pct: 50 }"))) ==
          Texts{"site.yaml:6: devices[0].battery: is for devices with role: battery only"});
}

TEST_CASE("a short overload is borne only where it is measured") {
    CHECK(problems_of(with_master("", "circuits: [{ id: carport, fuse_a: 20, fuse_curve: B }]\n")) ==
          Texts{"site.yaml:5: circuits[0].fuse_curve: nothing measures how much this fuse is overloaded; "
                "give it a meter or leave this out"});
}

TEST_CASE("a mistake is not told twice: what refers to a broken section waits for it") {
    CHECK(problems_of(
              with_master(", circuit: carport", "circuits: [{ id: carport, fuse_a: 20, fues_a: 1 }]\n")) ==
          Texts{"site.yaml:5: circuits[0].fues_a: unknown key; did you mean fuse_a?"});
}
