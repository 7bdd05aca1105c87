#pragma once

#include "history/store.hpp"
#include "support/broker.hpp"
#include "support/web_client.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace sunherd::testing {

using namespace std::chrono_literals;

/// A gateway, with a broker and a history, and somebody who stands for all other services.
class GatewayRig {
  public:
    explicit GatewayRig(const std::string& http = "http: {hosts: [home.example], anonymous: control}") {
        write_file(directory_.path() / "site.yaml",
                   "site: {id: home, time_zone: Europe/Berlin}\ngrid: {main_fuse_a: 25}\nevses:\n"
                   "  - {id: garage, name: \"<b>Garage</b>\", profile: etrel-inch, host: 127.0.0.1, master: "
                   "true}\n" +
                       http + '\n');
        auto environment = broker_.environment("api-gateway");
        environment["HTTP_PORT"] = std::to_string(port_);
        process_ = std::make_unique<Process>(
            std::vector<std::string>{
                SUNHERD_BIN_DIR "/api-gateway", "--site", (directory_.path() / "site.yaml").string(),
                "--state-dir", (directory_.path() / "api-gateway").string(), "--ledger", database().string()},
            environment);
        REQUIRE(process_->await_output("connected to broker"));
    }
    std::filesystem::path database() const { return directory_.path() / "ledger.db"; }

    void fill_history(int sessions) {
        history::Opened opened;
        store_ = history::Store::open({.file = database()}, opened).value();
        history::Changes changes;
        for (int i = 0; i < sessions; ++i) {
            const auto start = kBegin + i * 1h;
            history::SessionRow row{.session = {}, .totals = {}, .currency = "EUR"};
            row.session = {
                .id = "garage-" + std::to_string(i), .evse = "garage", .start = start, .end = start + 30min};
            row.session.vehicle = i % 2 == 0 ? "=cmd()" : "blue";
            row.totals.energy_wh = row.totals.grid_wh = 1000;
            row.totals.cost = 0.30;
            changes.sessions.push_back(row);
            changes.slices[{row.session.id, start}] = {
                .flow = {.bucket = start, .energy_wh = 1000, .grid_wh = 1000},
                .price = topics::PriceSlot{.start = start, .end = start + 5min, .price_per_kwh = 0.3}};
        }
        REQUIRE(store_->apply(changes));
    }
    void close_history() { store_.reset(); }

    static constexpr topics::Timestamp kBegin{std::chrono::hours(24 * 20'000)};
    const topics::Names names{"sunherd", "home"};
    Recorder& recorder() { return *recorder_; }
    WebClient web() const { return WebClient(port_); }
    bool running() { return process_->running(); }
    /// Most that was resident so far.
    double peak_rss_mib() const {
        std::ifstream file("/proc/" + std::to_string(process_->pid()) + "/status");
        constexpr std::string_view kName = "VmHWM:";
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with(kName)) {
                return std::stod(line.substr(kName.size())) / 1024;
            }
        }
        return 0;
    }
    std::string output() const { return process_->output(); }

  private:
    TemporaryDirectory directory_;
    TestBroker broker_{TestBroker::product_accounts()};
    std::unique_ptr<Recorder> recorder_ =
        std::make_unique<Recorder>(broker_, "recorder", TestBroker::password_of("recorder"));
    std::uint16_t port_ = free_port();
    std::unique_ptr<history::Store> store_;
    std::unique_ptr<Process> process_;
};

}  // namespace sunherd::testing
