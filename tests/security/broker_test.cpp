#include "product_broker.hpp"
#include "support/recorder.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>

using namespace sunherd;
using namespace sunherd::testing;

namespace {

const std::string kCommand = "sunherd/home/evse/garage/set/mode";

void write_site(const std::filesystem::path& file) {
    write_file(file,
               "site: {id: home}\ngrid: {main_fuse_a: 25}\n"
               "evses: [{id: garage, profile: etrel-inch, host: 127.0.0.9, master: true}]\n");
}

struct Controller {
    TemporaryDirectory directory;
    std::unique_ptr<Process> process;

    explicit Controller(std::map<std::string, std::string> environment) {
        write_site(directory.path() / "site.yaml");
        process =
            std::make_unique<Process>(std::vector<std::string>{SUNHERD_BIN_DIR "/controller", "--site",
                                                               (directory.path() / "site.yaml").string(),
                                                               "--state-dir", directory.path().string()},
                                      environment);
    }
    bool is_connected() const { return process->await_output("connected to broker"); }
};

std::map<std::string, std::string> environment_of(const ProductBroker& broker, std::uint16_t port) {
    return {{"MQTT_HOST", "localhost"},
            {"MQTT_PORT", std::to_string(port)},
            {"MQTT_USER", "controller"},
            {"MQTT_PASSWORD", broker.password("controller")}};
}

}  // namespace

TEST_CASE("nobody gets in without an account, or with a wrong password") {
    const auto security = GENERATE(std::string("acl"), std::string("dynsec"));
    const ProductBroker broker(security);
    CHECK_THROWS(Account(Account::Options{.port = broker.port()}));
    CHECK_THROWS(Account({.port = broker.port(), .user = "operator", .password = "operator"}));
    CHECK_THROWS(
        Account({.port = broker.port(), .user = "controller", .password = broker.password("operator")}));
    CHECK_NOTHROW(Account(broker.login("operator")));
}

TEST_CASE("passwords are made once, are long, and only their owner can read them") {
    const auto security = GENERATE(std::string("acl"), std::string("dynsec"));
    ProductBroker broker(security);
    const auto before = broker.password("operator");
    CHECK(before.size() == 48);
    CHECK(broker.password("viewer") != before);
    struct stat about {};
    REQUIRE(stat((broker.data().parent_path() / "accounts" / "operator").c_str(), &about) == 0);
    CHECK((about.st_mode & 077) == 0);
    CHECK(broker.output().find(before) == std::string::npos);
    broker.stop();
    broker.start();
    CHECK(broker.password("operator") == before);
    CHECK_NOTHROW(Account(broker.login("operator")));
}

TEST_CASE("one more client gets the rights of the account it is made like") {
    const auto security = GENERATE(std::string("acl"), std::string("dynsec"));
    ProductBroker broker(security);
    for (const auto* like : {"operator", "viewer"}) {
        const auto said = broker.run("add-client", {"new-" + std::string(like), like});
        INFO(said);
        CHECK(said.ends_with("exit 0"));
        CHECK(said.find(broker.password("new-" + std::string(like))) == std::string::npos);
    }
    CHECK(broker.run("add-client", {"controller", "operator"}).ends_with("exit 2"));
    CHECK(broker.run("add-client", {"somebody", "controller"}).ends_with("exit 2"));
    CHECK(broker.run("add-client", {"../etc", "viewer"}).ends_with("exit 2"));
    if (security == "acl") {  // that is read at the start only
        broker.stop();
        broker.start();
    }
    Account commander(broker.login("new-operator"));
    Account viewer(broker.login("new-viewer"));
    viewer.subscribe("#");
    CHECK(commander.publish(kCommand, "now"));
    CHECK_FALSE(viewer.publish(kCommand, "now"));
    CHECK(viewer.received() == std::set<std::string>{kCommand});
}

TEST_CASE(
    "dynamic security is set up once; what somebody changed stays, and running it again harms nothing") {
    ProductBroker broker("dynsec");
    const auto set_up = [&] {
        return broker.run("dynsec-setup", {"--accounts", (broker.data().parent_path() / "accounts").string(),
                                           "--port", std::to_string(broker.port())});
    };
    CHECK(set_up() == "exit 0");
    Account(broker.login("operator")).publish(kCommand, "now");
    CHECK(set_up() == "exit 0");
    const auto printed = broker.run("dynsec-setup", {"--print", "--site", "home", "--prefix", "energy"});
    CHECK(printed.find("mosquitto_ctrl dynsec createRole energy-home-controller\n") != std::string::npos);
    CHECK(printed.find(
              "addRoleACL energy-home-controller publishClientSend energy/home/evse/+/setpoint allow\n") !=
          std::string::npos);
    CHECK(printed.find("sunherd/") == std::string::npos);
}

TEST_CASE("docs/shared-broker.md has the commands that the script prints") {
    Process script({SUNHERD_SOURCE_DIR "/mosquitto/dynsec-setup", "--print", "--site", "home"});
    CHECK(script.wait_exit() == 0);
    std::ifstream in(SUNHERD_SOURCE_DIR "/docs/shared-broker.md");
    const std::string page(std::istreambuf_iterator<char>(in), {});
    CHECK(page.find("```sh\n" + script.output() + "```\n") != std::string::npos);
}

TEST_CASE("TLS: a service that trusts our CA connects, another does not, and nobody without a password") {
    const ProductBroker broker("acl");
    auto environment = environment_of(broker, broker.tls_port());
    environment["MQTT_CA_FILE"] = broker.ca_file().string();
    CHECK(Controller(environment).is_connected());
    environment["MQTT_PASSWORD"] = "wrong";
    CHECK(Controller(environment).process->await_output("refuses user `controller`"));
    const ProductBroker stranger("acl");
    environment = environment_of(broker, broker.tls_port());
    environment["MQTT_CA_FILE"] = stranger.ca_file().string();
    CHECK(Controller(environment).process->await_output("can't be reached"));
    CHECK_THROWS(Account(Account::Options{.port = broker.tls_port()}));  // no plain text there
}

TEST_CASE(
    "the CA and its certificate stay over restarts, and a new name makes a new certificate of the same CA") {
    ProductBroker broker("acl");
    const auto content = [&](const char* name) {
        std::ifstream in(broker.data() / "tls" / name);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto ca = content("ca.crt");
    const auto server = content("server.crt");
    CHECK(broker.run("make-certificates", {(broker.data() / "tls").string(), "localhost,127.0.0.1"}) ==
          "exit 0");
    CHECK(content("server.crt") == server);
    CHECK(broker.run("make-certificates", {(broker.data() / "tls").string(), "localhost,10.1.2.3"}) ==
          "exit 0");
    CHECK(content("server.crt") != server);
    CHECK(content("ca.crt") == ca);
    struct stat about {};
    REQUIRE(stat((broker.data() / "tls" / "ca.key").c_str(), &about) == 0);
    CHECK((about.st_mode & 077) == 0);
}

TEST_CASE("no account can drive a service out by its client id") {
    const ProductBroker broker("acl");
    Controller controller(environment_of(broker, broker.port()));
    REQUIRE(controller.is_connected());
    auto login = broker.login("viewer");
    for (const auto* id : {"controller", "sunherd-home-controller", "sunherd-home", "sunherd"}) {
        login.client_id = id;
        Account viewer(login);
        viewer.subscribe("sunherd/home/service/controller/status");
        CHECK(viewer.received().size() <= 1);
    }
    Account commander(broker.login("operator"));
    commander.subscribe("sunherd/home/command/result");
    CHECK(commander.publish(kCommand, "eco"));
    CHECK(controller.process->output().find("lost") == std::string::npos);
    CHECK(controller.process->output().find("ended the connection") == std::string::npos);
}

TEST_CASE("WebSockets are there only where somebody wants them") {
    {
        const ProductBroker broker("acl");
        std::ifstream in(broker.data() / "mosquitto.conf");
        const std::string config(std::istreambuf_iterator<char>(in), {});
        CHECK(config.find("websockets") == std::string::npos);
    }
    const auto port = std::to_string(free_port());
    const ProductBroker broker("acl", {{"RUN_BROKER_WEBSOCKETS", port + " 127.0.0.1"}});
    std::ifstream in(broker.data() / "mosquitto.conf");
    const std::string config(std::istreambuf_iterator<char>(in), {});
    CHECK(config.find("listener " + port + " 127.0.0.1\nprotocol websockets\n") != std::string::npos);
}

TEST_CASE("a packet that is too large ends the connection of who sent it, and nobody else's") {
    const ProductBroker broker("acl");
    Account other(broker.login("viewer"));
    other.subscribe("#");
    {
        Account sender(broker.login("operator"));
        CHECK_FALSE(sender.publish(kCommand, std::string(200'000, 'x')));
    }
    CHECK(other.received().empty());
    CHECK(Account(broker.login("operator")).publish(kCommand, "eco"));
}
