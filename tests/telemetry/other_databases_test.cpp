#include "support/asking.hpp"
#include "support/bridge_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <sstream>

// The same line protocol into VictoriaMetrics, over TLS with an authority of our own.

using namespace sunherd;
using namespace std::chrono_literals;
using testing::BridgeRig;
using testing::Process;

namespace {

class Victoria {
  public:
    Victoria() {
        const auto cert = certificate();
        Process openssl({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                         "/CN=lab", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key(), "-out",
                         cert});
        REQUIRE(openssl.wait_exit() == 0);
        process_ = std::make_unique<Process>(std::vector<std::string>{
            "victoria-metrics", "-httpListenAddr=127.0.0.1:" + std::to_string(port_), "-retentionPeriod=100y",
            "-storageDataPath=" + (directory_.path() / "data").string(), "-tls", "-tlsCertFile=" + cert,
            "-tlsKeyFile=" + key()});
        REQUIRE(testing::ask_until([&] { return !get("/health").empty(); }));
    }
    static bool is_there() {
        Process which({"sh", "-c", "command -v victoria-metrics && command -v openssl"});
        return which.wait_exit() == 0;
    }
    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    std::string certificate() const { return (directory_.path() / "cert.pem").string(); }
    /// Points of the numbered load.
    std::size_t stored() {
        std::istringstream lines(get("/api/v1/export?match[]=meter_seq&start=0"));
        std::size_t points = 0;
        for (std::string line; std::getline(lines, line);) {
            points += nlohmann::json::parse(line).at("values").size();
        }
        return points;
    }

  private:
    std::string key() const { return (directory_.path() / "key.pem").string(); }
    std::string get(const std::string& path) {
        http::Client client;
        http::Request request;
        request.url = url() + path;
        request.ca_file = certificate();
        const auto answer = client.send(request);
        return answer && answer->status == 200 ? answer->body : "";
    }

    testing::TemporaryDirectory directory_;
    std::uint16_t port_ = testing::free_port();
    std::unique_ptr<Process> process_;
};

}  // namespace

TEST_CASE("VictoriaMetrics gets everything, over TLS with an authority of our own") {
    if (!Victoria::is_there()) {
        std::puts("skipped: no victoria-metrics or openssl here");
        std::exit(77);  // NOLINT(concurrency-mt-unsafe)
    }
    Victoria victoria;
    BridgeRig rig(victoria.url(), ", ca_file: " + victoria.certificate());
    rig.load().publish(500, 1000);
    CHECK(testing::ask_until([&] { return victoria.stored() == 500; }));
}

TEST_CASE("a certificate that nobody vouches for is refused, and that is said; nothing is lost") {
    if (!Victoria::is_there()) {
        std::puts("skipped: no victoria-metrics or openssl here");
        std::exit(77);  // NOLINT(concurrency-mt-unsafe)
    }
    Victoria victoria;
    BridgeRig rig(victoria.url());
    rig.load().publish(10, 1000);
    rig.await_status([](const auto& status) {
        const auto database = status.devices.find("influxdb");
        return database != status.devices.end() &&
               database->second.error.value_or("").find("certificate") != std::string::npos;
    });
    CHECK(victoria.stored() == 0);
    CHECK(BridgeRig::count(rig.await_status([](const auto&) { return true; }), "lines_refused") == 0);
}
