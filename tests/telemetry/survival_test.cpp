#include "checks.hpp"
#include "support/asking.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

// Each with a numbered load, and at the end the database is asked: none lost, none double.

using namespace sunherd;
using namespace std::chrono_literals;
using testing::BridgeRig;
using testing::RealInflux;
using testing::stored;

namespace {

constexpr auto kSoon = std::chrono::seconds(90);

/// Publishes on a thread of its own until it is told to end.
class Ongoing {
  public:
    Ongoing(BridgeRig& rig, std::uint64_t per_second)
        : load_(rig.load()), thread_([this, per_second] {
              while (!ending_) {
                  load_.publish(per_second > 0 ? per_second / 10 : 2000, static_cast<double>(per_second));
              }
          }) {}
    ~Ongoing() { end(); }
    Ongoing(const Ongoing&) = delete;
    Ongoing& operator=(const Ongoing&) = delete;
    /// So many more, which takes a while.
    void go_on(std::uint64_t messages) { load_.await_published(load_.published() + messages); }
    void end() {
        ending_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }

  private:
    testing::NumberedLoad& load_;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

std::map<std::string, std::string> with_shim(const testing::TemporaryDirectory& faults) {
    return {{"LD_PRELOAD", FAULT_SHIM}, {"FAULT_SHIM", faults.path().string()}};
}

std::uint64_t bytes_in(const std::filesystem::path& directory) {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        bytes += entry.path().extension() == ".spool" ? entry.file_size() : 0;
    }
    return bytes;
}

}  // namespace

TEST_CASE("the bridge is killed 20 times at random under full load") {
    RealInflux influx;
    BridgeRig rig(influx.url());
    std::mt19937 random(20);
    std::uniform_int_distribution<std::uint64_t> messages(100, 20'000);
    Ongoing load(rig, 0);
    for (int i = 0; i < 20; ++i) {
        load.go_on(messages(random));
        rig.kill_bridge();
        rig.start_bridge();
    }
    load.end();
    testing::check_all_there(rig, influx);
}

TEST_CASE("the database is down for 60 s, then hangs for longer than a request may take") {
    RealInflux influx;
    BridgeRig rig(influx.url());
    constexpr std::uint64_t kPerSecond = 2000;
    Ongoing load(rig, kPerSecond);
    rig.await_status([](const auto& status) { return BridgeRig::count(status, "lines_written") > 1000; });
    influx.kill();
    load.go_on(60 * kPerSecond);
    influx.start();
    rig.await_status([](const auto& status) { return BridgeRig::count(status, "spool_bytes") < 3'000'000; },
                     60s);
    influx.pause();
    load.go_on(12 * kPerSecond);
    influx.resume();
    load.end();
    testing::check_all_there(rig, influx);
}

TEST_CASE("the broker is restarted under load") {
    RealInflux influx;
    BridgeRig rig(influx.url());
    Ongoing load(rig, 3000);
    for (int i = 0; i < 3; ++i) {
        load.go_on(4000);
        rig.broker().stop();
        rig.broker().start();
    }
    load.end();
    testing::check_all_there(rig, influx);
}

TEST_CASE("the disk of the spool is full for a while: the broker holds what comes") {
    const testing::TemporaryDirectory faults;
    RealInflux influx;
    BridgeRig rig(influx.url(), "", with_shim(faults));
    rig.load().publish(5000, 5000);
    testing::write_file(faults.path() / "full", "");
    rig.load().publish(5000, 5000);
    rig.recorder().await<topics::ServiceStatus>(
        topics::Names("sunherd", "test").service_status("influx-bridge"),
        [](const auto& status) { return status.status == topics::Presence::offline; });
    CHECK(stored(influx).points < 10'000);
    std::filesystem::remove(faults.path() / "full");
    testing::check_all_there(rig, influx);
    rig.recorder().await<topics::Event>(topics::Names("sunherd", "test").event(),
                                        [](const auto& event) { return event.code == "spool_full"; });
}

TEST_CASE(
    "the spool reaches its limit while the database is away: said before, and the broker holds the rest") {
    RealInflux influx;
    BridgeRig rig(influx.url(), ", spool_mb: 2");
    influx.kill();
    Ongoing load(rig, 800);
    const topics::Names names("sunherd", "test");
    rig.recorder().await<topics::Event>(names.event(),
                                        [](const auto& event) { return event.code == "spool_filling"; });
    rig.recorder().await<topics::ServiceStatus>(
        names.service_status("influx-bridge"),
        [](const auto& status) { return status.status == topics::Presence::offline; });
    load.go_on(3000);
    CHECK(bytes_in(rig.state() / "spool") <= 2 * 1024 * 1024);
    influx.start();
    load.end();
    testing::check_all_there(rig, influx);
}

TEST_CASE("the last record of the spool is torn") {
    RealInflux influx;
    BridgeRig rig(influx.url());
    rig.load().publish(3000);
    influx.kill();
    rig.load().publish(3000);
    REQUIRE(testing::ask_until([&] { return bytes_in(rig.state() / "spool") > 500'000; }));
    rig.kill_bridge();
    // A crash in the middle of writing the next one: half of it, which the broker was not told to forget.
    for (const auto& entry : std::filesystem::directory_iterator(rig.state() / "spool")) {
        if (entry.path().extension() == ".spool") {
            std::ifstream in(entry.path(), std::ios::binary);
            std::string first(150, '\0');
            in.read(first.data(), static_cast<std::streamsize>(first.size()));
            std::ofstream(entry.path(), std::ios::binary | std::ios::app) << first;
        }
    }
    influx.start();
    rig.start_bridge();
    rig.load().publish(3000);
    testing::check_all_there(rig, influx);
}

TEST_CASE("the clock steps back an hour, and forward again") {
    const testing::TemporaryDirectory faults;
    RealInflux influx;
    BridgeRig rig(influx.url(), "", with_shim(faults));
    Ongoing load(rig, 2000);
    for (const char* offset_s : {"-3600", "7200", "0"}) {
        testing::write_file(faults.path() / "clock", offset_s);
        load.go_on(3000);
    }
    load.end();
    testing::check_all_there(rig, influx);
}

TEST_CASE("the power fails: what was not yet synced is gone, all before is there") {
    const testing::TemporaryDirectory faults;
    RealInflux influx;
    BridgeRig rig(influx.url(), "", with_shim(faults));
    influx.kill();
    rig.load().publish(10'000);
    const auto spool = rig.state() / "spool";
    const auto synced = faults.path() / "synced";
    constexpr std::uint64_t kSpooled = 10'000 * 300;
    REQUIRE(testing::ask_until([&] {
        return bytes_in(spool) >= kSpooled && std::filesystem::exists(synced) &&
               bytes_in(synced) == bytes_in(spool);
    }));
    rig.load().publish(1000);
    rig.bridge().signal(SIGSTOP);  // so that the copy of what is synced is whole
    std::filesystem::remove(synced / "new");
    rig.kill_bridge();
    std::filesystem::remove_all(spool);
    std::filesystem::copy(synced, spool);
    influx.start();
    rig.start_bridge();
    rig.await_status([](const auto& status) { return BridgeRig::count(status, "lines_written") >= 10'000; });
    const auto found = testing::await_stored(influx, 10'000, kSoon);
    INFO(found.points << " points");
    CHECK(found.points >= 10'000);
    CHECK(found.points <= 11'000);
    // None of the first 10,000 is missing: the rest are the first of the last ones.
    const auto oldest = influx.value(
        R"(from(bucket: "lab") |> range(start: 0, stop: 2100-01-01T00:00:00Z)
           |> filter(fn: (r) => r._measurement == "meter" and r._field == "seq" and r._value <= 10000)
           |> count() |> group() |> sum())");
    CHECK(oldest == 10'000);
}

TEST_CASE("two bridges share a fleet's messages, and one is killed and comes back") {
    RealInflux influx;
    BridgeRig rig(influx.url(), ", fleet: true, share_group: writers");
    const testing::TemporaryDirectory directory;
    testing::write_file(
        directory.path() / "site.yaml",
        testing::bridge_site("second", "{url: '" + influx.url() +
                                           "', org: lab, bucket: lab, token: lab-token, fleet: true, "
                                           "share_group: writers}"));
    const auto start = [&] {
        auto process = testing::run_bridge(directory.path(), rig.broker().environment());
        rig.recorder().await<topics::ServiceStatus>(
            topics::Names("sunherd", "second").service_status("influx-bridge"),
            [&](const auto& status) { return status.pid == static_cast<int>(process->pid()); });
        return process;
    };
    auto second = start();
    Ongoing load(rig, 3000);
    load.go_on(6000);
    second->signal(SIGKILL);
    second->wait_exit();
    load.go_on(6000);
    second = start();
    load.go_on(6000);
    load.end();
    testing::check_all_there(rig, influx);
    for (const auto* bridge : {"test", "second"}) {
        rig.recorder().await<topics::ServiceStatus>(
            topics::Names("sunherd", bridge).service_status("influx-bridge"),
            [](const auto& status) { return BridgeRig::count(status, "lines_written") > 1000; });
    }
}
