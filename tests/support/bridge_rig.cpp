#include "support/bridge_rig.hpp"

#include "support/asking.hpp"

#include <csignal>

namespace sunherd::testing {

std::string bridge_site(const std::string& id, const std::string& influx) {
    return "site: {id: " + id +
           "}\ngrid: {main_fuse_a: 25}\n"
           "devices: [{id: meter, profile: eastron-sdm630, role: grid, host: 127.0.0.1}]\n" +
           (influx.empty() ? "" : "influx: " + influx + '\n');
}

std::unique_ptr<Process> run_bridge(const std::filesystem::path& directory,
                                    const std::map<std::string, std::string>& environment) {
    return std::make_unique<Process>(std::vector<std::string>{SUNHERD_BIN_DIR "/influx-bridge", "--site",
                                                              (directory / "site.yaml").string(),
                                                              "--state-dir", (directory / "state").string()},
                                     environment);
}

std::unique_ptr<Process> run_influx_init(const RealInflux& influx, const std::filesystem::path& secrets) {
    return std::make_unique<Process>(std::vector<std::string>{
        SUNHERD_BIN_DIR "/sunherdctl", "influx-init", "--url", influx.url(), "--tasks",
        SUNHERD_SOURCE_DIR "/deploy/influxdb", "--secrets", secrets.string()});
}

BridgeRig::BridgeRig(const std::string& url, const std::string& influx_more,
                     std::map<std::string, std::string> environment)
    : environment_(broker_.environment()),
      recorder_(
          std::make_unique<Recorder>(broker_, std::nullopt, std::nullopt,
                                     std::vector<std::string>{"sunherd/+/service/#", "sunherd/+/event"})) {
    environment_.merge(environment);
    write_file(directory_.path() / "secrets.yaml", "influx: lab-token\n");
    write_file(directory_.path() / "site.yaml",
               bridge_site("test", "{url: '" + url + "', org: lab, bucket: lab, token: !secret influx" +
                                       influx_more + "}"));
    start_bridge();
    load_ = std::make_unique<NumberedLoad>(broker_.port());
}

void BridgeRig::start_bridge() {
    bridge_ = run_bridge(directory_.path(), environment_);
    await_status([this](const auto& status) { return status.pid == static_cast<int>(bridge_->pid()); });
}

void BridgeRig::kill_bridge() {
    bridge_->signal(SIGKILL);
    bridge_->wait_exit();
}

topics::ServiceStatus BridgeRig::await_status(const std::function<bool(const topics::ServiceStatus&)>& wanted,
                                              std::chrono::milliseconds deadline) {
    return recorder_->await<topics::ServiceStatus>(
        topics::Names("sunherd", "test").service_status("influx-bridge"), wanted, deadline);
}

std::uint64_t BridgeRig::count(const topics::ServiceStatus& status, const std::string& counter) {
    const auto found = status.counters.find(counter);
    return found == status.counters.end() ? 0 : found->second;
}

Stored stored(RealInflux& influx) {
    const std::string numbers =
        R"(from(bucket: "lab") |> range(start: 0, stop: 2100-01-01T00:00:00Z)
           |> filter(fn: (r) => r._measurement == "meter" and r._field == "seq"))";
    return {.points = static_cast<std::uint64_t>(influx.value(numbers + " |> count() |> group() |> sum()")),
            .sum = static_cast<std::uint64_t>(influx.value(numbers + " |> sum() |> group() |> sum()"))};
}

Stored await_stored(RealInflux& influx, std::uint64_t points, std::chrono::seconds deadline) {
    Stored now;
    ask_until(
        [&] {
            now = stored(influx);
            return now.points >= points;
        },
        deadline);
    return now;
}

}  // namespace sunherd::testing
