#include "collector_house.hpp"

using namespace sunherd;
using namespace std::chrono_literals;
using testing::CollectorHouse;
using topics::Health;

namespace {

std::string device(const std::string& id, const std::string& profile, const std::string& role,
                   const std::string& more = "") {
    return "  - {id: " + id + ", profile: " + profile + ", role: " + role +
           ", host: 127.0.0.1, port: " + std::to_string(testing::free_port()) + more + "}\n";
}

CollectorHouse::Setup house(const std::string& grid_options = "") {
    const auto devices = "devices:\n" +
                         device("main", "eastron-sdm630", "grid", ", poll_s: 0.1" + grid_options) +
                         device("roof", "sunspec-inverter", "pv") + device("cellar", "varta", "battery") +
                         device("heatpump", "algodue-uem", "meter", ", timeout_s: 0.5");
    return {devices, devices};
}

}  // namespace

TEST_CASE("every device of the site is published as what it is to the site") {
    CollectorHouse it("building-collector", house());
    auto& recorder = it.recorder();
    const auto& names = it.names();

    const auto grid =
        recorder.await<topics::GridReading>(names.grid(), [](const auto& m) { return m.seq > 1; });
    CHECK(grid.source == "main");
    CHECK(grid.power_w);
    CHECK_FALSE(grid.current_a.empty());
    CHECK_FALSE(grid.voltage_v.empty());

    const auto any = [](const auto&) { return true; };
    CHECK(recorder.await<topics::PvReading>(names.pv("roof"), any).power_w);
    CHECK(recorder.await<topics::BatteryReading>(names.battery("cellar"), any).soc_pct);
    CHECK(recorder.await<topics::MeterReading>(names.meter("heatpump"), any).power_w);
    for (const auto* id : {"main", "roof", "cellar", "heatpump"}) {
        CHECK_FALSE(it.await_health(id, Health::ok).error);
    }
}

TEST_CASE("a meter is read ten times a second where the site file says so, each reading stamped on arrival") {
    CollectorHouse it("building-collector", house());
    std::optional<topics::GridReading> first;
    const auto last = it.recorder().await<topics::GridReading>(it.names().grid(), [&](const auto& m) {
        first = first ? first : m;
        return m.seq >= first->seq + 30;
    });
    const auto per_poll = (last.time - first->time) / static_cast<int>(last.seq - first->seq);
    CHECK(per_poll >= 95ms);
    CHECK(per_poll <= 150ms);
}

TEST_CASE("a silent device is said to be silent, the others are read on, and it is back when it is back") {
    CollectorHouse it("building-collector", house());
    it.await_health("heatpump", Health::ok);

    it.fault("heatpump", "silent");
    it.await_event("device_silent", "heatpump");
    const auto health = it.await_health("heatpump", Health::silent);
    CHECK(health.error);
    it.recorder().forget();
    it.recorder().await<topics::GridReading>(it.names().grid(), [](const auto&) { return true; });

    it.fault("heatpump", "none");
    it.await_event("device_back", "heatpump");
    it.recorder().await<topics::MeterReading>(it.names().meter("heatpump"), [](const auto&) { return true; });
}

TEST_CASE("a meter that repeats itself is not believed until it changes") {
    CollectorHouse it("building-collector", house(", frozen_after_s: 2"));
    it.await_health("main", Health::ok);

    it.fault("main", "frozen");
    const auto event = it.await_event("device_faulty", "main");
    CHECK_THAT(event.text, Catch::Contains("frozen"));
    const auto readings = it.seen(it.names().grid().name);
    it.await_health("main", Health::faulty, 15);
    CHECK(it.seen(it.names().grid().name) == readings);

    it.recorder().forget();
    it.fault("main", "none");
    it.await_event("device_back", "main");
    it.recorder().await<topics::GridReading>(it.names().grid(), [](const auto&) { return true; });
}

TEST_CASE("a device that answers rubbish is faulty, and nothing of it is published") {
    CollectorHouse it("building-collector", house());
    it.await_health("main", Health::ok);
    it.fault("main", "wrong_unit");
    it.await_event("device_faulty", "main");
    const auto readings = it.seen(it.names().grid().name);
    it.await_health("main", Health::faulty, 20);
    CHECK(it.seen(it.names().grid().name) == readings);
    it.fault("main", "none");
    it.await_event("device_back", "main");
}

TEST_CASE("killed and started again it goes on reading") {
    CollectorHouse it("building-collector", house());
    it.await_health("main", Health::ok);
    it.collector().signal(SIGKILL);
    REQUIRE(it.collector().wait_exit() == -SIGKILL);
    it.recorder().forget();
    it.start_collector();
    it.recorder().await<topics::GridReading>(it.names().grid(), [](const auto& m) { return m.seq > 3; });
}

TEST_CASE("it stops cleanly within two seconds, whatever its devices do") {
    CollectorHouse it("building-collector", house());
    it.await_health("heatpump", Health::ok);
    for (const auto* id : {"main", "roof", "cellar", "heatpump"}) {
        it.fault(id, "silent");
    }
    it.await_event("device_silent", "main");
    it.collector().signal(SIGTERM);
    CHECK(it.collector().wait_exit(2s) == 0);
}
