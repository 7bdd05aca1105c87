#include "collector_house.hpp"

using namespace sunherd;
using namespace std::chrono_literals;
using testing::CollectorHouse;
using topics::Health;
using topics::PortLayout;

namespace {

/// An Etrel cluster on loopback: addresses 127.7.0.n, the same two ports everywhere.
struct Cluster {
    std::uint16_t read_port = testing::free_port();
    std::uint16_t write_port = testing::free_port();

    std::string evse(const std::string& id, int n, const std::string& more = "") const {
        return "  - {id: " + id + ", profile: etrel-inch, host: 127.7.0." + std::to_string(n) +
               ", read_port: " + std::to_string(read_port) + ", write_port: " + std::to_string(write_port) +
               ", timeout_s: 0.5" + more + "}\n";
    }
    std::string two(const std::string& master_options = "") const {
        return "evses:\n" + evse("garage", 1, ", master: true, load_guard_poll_s: 0.1" + master_options) +
               evse("court", 2, ", phase_rotation: L2L3L1");
    }
    std::string discovery(const std::string& adopt) const {
        return "discovery: {adopt: " + adopt + ", first_host: 127.7.0.1, last_host: 127.7.0.9, every_s: 5" +
               ", max_current_a: 20, read_port: " + std::to_string(read_port) +
               ", write_port: " + std::to_string(write_port) + "}\n";
    }
};

CollectorHouse::Setup same(const std::string& site, std::vector<std::string> options = {}) {
    return {site, site, std::move(options)};
}

const auto kAny = [](const auto&) { return true; };
const std::string kRestarting =
    ", load_guard_restart: {by: modbus, after_s: 5, first_pause_s: 10, longest_pause_s: 20}";

}  // namespace

TEST_CASE("EVSEs and the master's Load Guard are published") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two()));
    auto& recorder = it.recorder();
    const auto& names = it.names();

    const auto grid = recorder.await<topics::GridReading>(names.grid(), kAny);
    CHECK(grid.source == "garage");
    CHECK(grid.power_w);
    for (const auto* id : {"garage", "court"}) {
        const auto info = recorder.await<topics::EvseInfo>(names.evse_info(id),
                                                           [](const auto& m) { return m.ports.has_value(); });
        CHECK(info.ports == PortLayout::read_write);
        CHECK(info.serial);
        CHECK(info.adopted);
        CHECK(info.master == (id == std::string("garage")));
        CHECK_FALSE(info.host);
        CHECK(recorder.await<topics::EvseState>(names.evse_state(id), kAny).status);
        it.await_health(id, Health::ok);
    }
    it.await_health("garage-load-guard", Health::ok);
}

TEST_CASE("the Load Guard is read ten times a second beside the charger on one connection") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two()));
    std::optional<topics::GridReading> first;
    const auto last = it.recorder().await<topics::GridReading>(it.names().grid(), [&](const auto& m) {
        first = first ? first : m;
        return m.seq >= first->seq + 30;
    });
    const auto per_poll = (last.time - first->time) / static_cast<int>(last.seq - first->seq);
    CHECK(per_poll >= 95ms);
    CHECK(per_poll <= 150ms);
    CHECK(it.seen(it.names().evse_state("garage").name) >= 2);
}

TEST_CASE("chargers whose second port is the cluster's are recognised, and read there") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two(), {"--ports", "charger-cluster"}));
    for (const auto* id : {"garage", "court"}) {
        const auto info = it.recorder().await<topics::EvseInfo>(
            it.names().evse_info(id), [](const auto& m) { return m.ports.has_value(); });
        CHECK(info.ports == PortLayout::charger_cluster);
    }
    it.recorder().await<topics::GridReading>(it.names().grid(), [](const auto& m) { return m.seq > 5; });
}

TEST_CASE("the site file's word about ports counts, and nothing is tried") {
    const Cluster cluster;
    const auto told = "evses:\n" + cluster.evse("garage", 1, ", master: true, ports: charger-cluster");
    CollectorHouse it("evse-collector", {told, told});
    const auto info = it.recorder().await<topics::EvseInfo>(it.names().evse_info("garage"), kAny);
    CHECK(info.ports == PortLayout::charger_cluster);
    it.recorder().await<topics::GridReading>(it.names().grid(), kAny);
}

TEST_CASE("both connectors of a Duo are read over one connection of a charger that takes no second client") {
    const Cluster cluster;
    const auto site =
        "evses:\n" + cluster.evse("left", 1, ", single_client: true") +
        cluster.evse("right", 1, ", connector: 2, single_client: true") +
        "devices:\n  - {id: main-meter, profile: eastron-sdm630, role: grid, host: 127.7.0.20, port: " +
        std::to_string(cluster.read_port) + "}\n";
    CollectorHouse it("evse-collector", same(site));
    for (const auto* id : {"left", "right"}) {
        it.recorder().await<topics::EvseState>(it.names().evse_state(id),
                                               [](const auto& m) { return m.seq > 3; });
        CHECK(it.await_health(id, Health::ok).errors == 0);
    }
}

TEST_CASE("a lost Load Guard is announced, its restart asked for, and its return announced") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two(kRestarting)));
    it.await_health("garage-load-guard", Health::ok);

    it.fault("garage", "load_guard_dead");
    it.await_event("load_guard_silent", "garage-load-guard");
    const auto readings = it.seen(it.names().grid().name);
    const auto request =
        it.recorder().await<topics::ActionRequest>(it.names().action_request("garage"), kAny);
    CHECK(request.action == topics::Action::restart_load_guard);
    CHECK(it.seen(it.names().grid().name) == readings);
    it.await_health("garage", Health::ok);

    it.recorder().forget();
    it.fault("garage", "none");
    it.await_event("load_guard_back", "garage-load-guard");
    it.recorder().await<topics::GridReading>(it.names().grid(), kAny);
}

TEST_CASE("a Load Guard whose last values stand still is lost too") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two(", frozen_after_s: 2")));
    it.await_health("garage-load-guard", Health::ok);
    it.fault("garage", "load_guard_dead", 1);
    const auto event = it.await_event("load_guard_silent", "garage-load-guard");
    CHECK_THAT(event.text, Catch::Contains("frozen"));
}

TEST_CASE("a master that is away as a whole is no reason to restart its Load Guard") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two(kRestarting)));
    it.await_health("garage-load-guard", Health::ok);

    it.fault("garage", "dead");
    it.await_event("device_silent", "garage");
    it.await_health("garage", Health::silent, 8);  // a poll a second: longer than after_s
    it.await_health("court", Health::ok);
    const auto all = it.recorder().seen();
    CHECK(it.seen(it.names().action_request("garage").name) == 0);
    CHECK(std::none_of(all.begin(), all.end(), [](const auto& message) {
        return message.payload.find("load_guard_silent") != std::string::npos;
    }));

    it.fault("garage", "none");
    it.await_event("device_back", "garage");
    it.await_event("device_back", "garage-load-guard");
}

TEST_CASE("an EVSE that comes online later is found, adopted and read, also after a restart") {
    const Cluster cluster;
    const auto three = cluster.two() + cluster.evse("late", 3);
    CollectorHouse it("evse-collector",
                      {three, cluster.two() + cluster.discovery("auto"), {"--hidden", "late"}});
    it.await_health("court", Health::ok);

    it.fault("late", "online");
    const auto found = it.recorder().await<topics::Event>(
        it.names().event(), [](const auto& event) { return event.code == "evse_found"; });
    REQUIRE(found.device);
    const auto info = it.recorder().await<topics::EvseInfo>(
        it.names().evse_info(*found.device), [](const auto& m) { return m.ports.has_value(); });
    CHECK(info.adopted);
    CHECK(info.host == "127.7.0.3");
    CHECK(info.max_current_a == 20);
    CHECK(info.ports == PortLayout::read_write);
    it.recorder().await<topics::EvseState>(it.names().evse_state(*found.device), kAny);

    it.collector().signal(SIGKILL);
    REQUIRE(it.collector().wait_exit() == -SIGKILL);
    it.recorder().forget();
    it.start_collector();
    it.recorder().await<topics::EvseState>(it.names().evse_state(*found.device), kAny);
    it.recorder().await<topics::EvseState>(it.names().evse_state("court"), kAny);
}

TEST_CASE("a found EVSE that is not to be adopted is announced only") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", {cluster.two() + cluster.evse("late", 3),
                                         cluster.two() + cluster.discovery("announce")});
    const auto found = it.recorder().await<topics::Event>(
        it.names().event(), [](const auto& event) { return event.code == "evse_found"; });
    const auto info = it.recorder().await<topics::EvseInfo>(it.names().evse_info(found.device.value()), kAny);
    CHECK_FALSE(info.adopted);
    it.recorder().await<topics::EvseState>(it.names().evse_state("court"),
                                           [](const auto& m) { return m.seq > 3; });
    CHECK(it.seen(it.names().evse_state(*found.device).name) == 0);
}

TEST_CASE("it stops cleanly within two seconds, whatever its EVSEs do") {
    const Cluster cluster;
    CollectorHouse it("evse-collector", same(cluster.two() + cluster.discovery("auto")));
    it.await_health("garage-load-guard", Health::ok);
    it.fault("garage", "silent");
    it.fault("court", "silent");
    it.await_event("device_silent", "court");
    it.collector().signal(SIGTERM);
    CHECK(it.collector().wait_exit(2s) == 0);
}
