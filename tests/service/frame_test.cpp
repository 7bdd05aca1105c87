#include "support/broker.hpp"
#include "support/contract_check.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace std::chrono_literals;
using namespace sunherd;
using namespace sunherd::testing;
using topics::Event;
using topics::Presence;
using topics::ServiceStatus;

namespace {

const topics::Names kNames("sunherd", "home");
const auto kStatus = kNames.service_status("probe");

bool is_online(const ServiceStatus& status) {
    return status.status == Presence::online;
}

bool is_offline(const ServiceStatus& status) {
    return status.status == Presence::offline;
}

/// What every test needs around its service.
struct House {
    explicit House(TestBroker::Options options = {}) : broker(std::move(options)) {
        write_file(site_file(),
                   "site: {id: home}\ngrid: {main_fuse_a: 35}\ndevices: [{id: meter, profile: "
                   "carlo-gavazzi-em24, role: grid, host: 127.0.0.1}]\n");
    }

    std::string site_file() const { return (directory.path() / "site.yaml").string(); }

    std::unique_ptr<Process> service(std::map<std::string, std::string> environment = {}) const {
        environment.merge(broker.environment());
        return std::make_unique<Process>(
            std::vector<std::string>{FRAME_PROBE, "--site", site_file(), "--state-dir",
                                     (directory.path() / "state").string()},
            environment);
    }

    TemporaryDirectory directory;
    TestBroker broker;
};

void check_contract(const Recorder& recorder) {
    for (const auto& message : recorder.seen()) {
        const auto verdict = check_message(kNames, message.topic, message.payload, message.retained);
        INFO(message.payload);
        CHECK((verdict ? "" : verdict.error()) == std::string());
    }
}

}  // namespace

TEST_CASE("a service starts before its broker and comes online with it") {
    House house;
    house.broker.kill();
    const auto service = house.service();
    REQUIRE(service->await_output("can't be reached"));
    house.broker.start();
    const Recorder recorder(house.broker);
    const auto status = recorder.await<ServiceStatus>(kStatus, is_online);
    CHECK(status.version == SUNHERD_VERSION);
    CHECK(status.pid == service->pid());
    CHECK(status.counters.contains("bad_messages"));
    recorder.await(kNames.evse_info("garage").name);
    check_contract(recorder);
}

TEST_CASE("killed, its last will says offline; started again it is online") {
    House house;
    const Recorder recorder(house.broker);
    auto service = house.service();
    recorder.await<ServiceStatus>(kStatus, is_online);
    service->signal(SIGKILL);
    recorder.await<ServiceStatus>(kStatus, is_offline);
    service->wait_exit();
    service = house.service();
    const auto back = [&](const ServiceStatus& status) {
        return is_online(status) && status.pid == service->pid();
    };
    recorder.await<ServiceStatus>(kStatus, back);
    check_contract(recorder);
}

TEST_CASE("a broker that comes back with nothing is told everything again") {
    House house;
    const auto service = house.service();
    { Recorder(house.broker).await(kNames.evse_info("garage").name); }
    house.broker.kill();
    house.broker.start(TestBroker::Store::lost);
    const Recorder recorder(house.broker);
    recorder.await(kNames.evse_info("garage").name);
    const auto status = recorder.await<ServiceStatus>(
        kStatus, [](const auto& s) { return s.counters.at("reconnects") == 1; });
    CHECK(is_online(status));
}

TEST_CASE("SIGTERM and SIGINT: offline, exit code 0, in less than 2 s") {
    House house;
    for (const int signal : {SIGTERM, SIGINT}) {
        Recorder recorder(house.broker);
        const auto service = house.service();
        recorder.await<ServiceStatus>(kStatus, is_online);
        recorder.forget();
        service->signal(signal);
        CHECK(service->wait_exit(2s) == 0);
        recorder.await<ServiceStatus>(kStatus, is_offline);
    }
}

TEST_CASE("a hanging broker doesn't keep a service from stopping in time") {
    House house;
    const auto service = house.service();
    { Recorder(house.broker).await<ServiceStatus>(kStatus, is_online); }
    house.broker.pause();
    service->signal(SIGTERM);
    CHECK(service->wait_exit(2s) == 0);
    house.broker.resume();
}

TEST_CASE("a service whose own clean-up hangs is ended all the same, and says so") {
    House house;
    Recorder recorder(house.broker);
    const auto service = house.service();
    recorder.await<ServiceStatus>(kStatus, is_online);
    recorder.publish(kNames.site_command("hang").name, "now");
    recorder.await(kNames.command_result().name);
    service->signal(SIGTERM);
    const auto exit_code = service->wait_exit(4s);
    INFO(service->output());
    REQUIRE(exit_code);
    CHECK(*exit_code == 1);
    CHECK(service->await_output("clean stop took longer"));
}

TEST_CASE("refused credentials say which broker, which user and what to check, and the service waits") {
    House house({.accounts = {{"probe", "right"}}});
    const auto service = house.service({{"MQTT_PASSWORD", "wrong"}});
    CHECK(service->await_output("refuses user `probe`"));
    CHECK(service->await_output("127.0.0.1:" + std::to_string(house.broker.port())));
    CHECK(service->await_output("check the account and its password"));
    CHECK(service->running());
}

TEST_CASE("a publish that the account may not do is one error with the topic's name, and one event") {
    House house({.accounts = {{"probe", "right"}, {"operator", "right"}},
                 .acl = "user probe\ntopic write " + kNames.event().name + "\ntopic write " + kStatus.name +
                        "\nuser operator\ntopic readwrite #\n"});
    const Recorder recorder(house.broker, "operator", "right");
    const auto service = house.service({{"MQTT_PASSWORD", "right"}});
    const auto event =
        recorder.await<Event>(kNames.event(), [](const Event& e) { return e.code == "publish_refused"; });
    CHECK(event.text.find(kNames.evse_info("garage").name) != std::string::npos);
    CHECK(event.text.find("`probe`") != std::string::npos);
    recorder.await<ServiceStatus>(kStatus, is_online);
    check_contract(recorder);
}

TEST_CASE("garbage is dropped, counted and logged once per topic, and the service goes on") {
    House house;
    Recorder recorder(house.broker);
    const auto service = house.service();
    recorder.await<ServiceStatus>(kStatus, is_online);
    const std::string broken = std::string("{\"time\":1,\0\xff", 13);
    for (int i = 0; i < 20; ++i) {
        recorder.publish(kNames.site_command("x").name, broken);
    }
    recorder.publish(kNames.grid().name, std::string(100000, '['));
    topics::GridReading reading;
    reading.time = topics::Timestamp{1s};
    reading.source = "meter";
    recorder.publish(kNames.grid(), reading);
    recorder.await(kNames.evse_setpoint("garage").name);
    CHECK(service->await_output("bad message on " + kNames.site_command("x").name));
    const auto status = recorder.await<ServiceStatus>(
        kStatus, [](const auto& s) { return s.counters.at("bad_messages") >= 20; });
    CHECK(is_online(status));
    const auto output = service->output();
    const auto first = output.find("bad message on " + kNames.site_command("x").name);
    CHECK(output.find("bad message on " + kNames.site_command("x").name, first + 1) == std::string::npos);
}

TEST_CASE("an exception in a handler is an event, not the end") {
    House house;
    Recorder recorder(house.broker);
    const auto service = house.service();
    recorder.await<ServiceStatus>(kStatus, is_online);
    recorder.publish(kNames.site_command("throw").name, "now");
    recorder.await<Event>(kNames.event(), [](const Event& e) { return e.code == "internal_error"; });
    recorder.publish(kNames.site_command("next").name, "now");
    recorder.await(kNames.command_result().name);
    check_contract(recorder);
}

TEST_CASE("a device that falls silent is one event, its return another, and the status tells") {
    House house;
    Recorder recorder(house.broker);
    const auto service = house.service();
    recorder.await<ServiceStatus>(kStatus, is_online);
    recorder.publish(kNames.site_command("silent").name, "now");
    recorder.publish(kNames.site_command("silent").name, "now");
    const auto silent =
        recorder.await<Event>(kNames.event(), [](const Event& e) { return e.code == "device_silent"; });
    CHECK(silent.device == "meter");
    const auto told = [](topics::Health health) {
        return [health](const ServiceStatus& s) {
            return s.devices.contains("meter") && s.devices.at("meter").health == health;
        };
    };
    recorder.await<ServiceStatus>(kStatus, told(topics::Health::silent));
    recorder.publish(kNames.site_command("back").name, "now");
    recorder.await<Event>(kNames.event(), [](const Event& e) { return e.code == "device_back"; });
    recorder.await<ServiceStatus>(kStatus, told(topics::Health::ok));
    check_contract(recorder);
}

TEST_CASE("a wrong site file ends with code 2, one without a file too") {
    House house;
    write_file(house.site_file(), "site: {id: home}\ngrid: {main_fuse: 35}\n");
    const auto service = house.service();
    CHECK(service->wait_exit() == 2);
    CHECK(service->await_output("site.yaml:2"));
    Process without({FRAME_PROBE}, {{"SUNHERD_SITE", ""}});
    CHECK(without.wait_exit() == 2);
    CHECK(without.await_output("--site"));
}

TEST_CASE("--health is good while the service turns and bad when it hangs") {
    House house;
    const auto heartbeat = (house.directory.path() / "alive").string();
    const auto service = house.service({{"SUNHERD_HEARTBEAT", heartbeat}});
    const auto health = [&] {
        return Process({FRAME_PROBE, "--health"}, {{"SUNHERD_HEARTBEAT", heartbeat}}).wait_exit();
    };
    CHECK(health() == 1);
    const Recorder recorder(house.broker);
    recorder.await<ServiceStatus>(kStatus, [](const auto& s) { return s.uptime_s.value_or(0) >= 2; });
    CHECK(health() == 0);
    service->signal(SIGSTOP);
    std::filesystem::last_write_time(heartbeat, std::filesystem::file_time_type::clock::now() - 6s);
    CHECK(health() == 1);
}
