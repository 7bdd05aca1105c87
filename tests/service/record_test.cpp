#include "support/broker.hpp"
#include "topics/names.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace sunherd;
using namespace std::chrono_literals;

namespace {

struct Rig {
    topics::Names names{"sunherd", "test"};
    testing::TemporaryDirectory directory;
    testing::TestBroker broker;
    testing::Recorder people{broker};

    Rig() {
        testing::write_file(directory.path() / "site.yaml",
                            "site: {id: test}\ngrid: {main_fuse_a: 25}\n"
                            "devices: [{id: meter, profile: eastron-sdm630, role: grid, host: 127.0.0.1}]\n");
    }
    std::unique_ptr<testing::Process> ctl(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), SUNHERD_BIN_DIR "/sunherdctl");
        arguments.push_back("--site");
        arguments.push_back((directory.path() / "site.yaml").string());
        return std::make_unique<testing::Process>(arguments, broker.environment());
    }
};

}  // namespace

TEST_CASE("a recording has what was retained and what comes, and ends with Ctrl-C") {
    Rig rig;
    rig.people.publish("sunherd/test/evse/garage/info", "known before", true);
    const auto record = rig.ctl({"record", "-"});
    REQUIRE(record->await_output(R"("payload":"known before","retained":true,"topic":"evse/garage/info")"));
    rig.people.publish("sunherd/test/building/grid", "{\"any\": \"thing\"}");
    rig.people.publish("sunherd/other/building/grid", "another site's");
    rig.people.publish("sunherd/test/evse/garage/set/mode", "now");
    REQUIRE(record->await_output(R"("payload":"now","topic":"evse/garage/set/mode")"));
    record->signal(SIGINT);
    CHECK(record->wait_exit() == 0);
    CHECK(record->output().find(R"("payload":"{\"any\": \"thing\"}","topic":"building/grid")") !=
          std::string::npos);
    CHECK(record->output().find("another site's") == std::string::npos);
    CHECK(record->output().find("{\"recording\":1,\"site\":\"test\",\"started\":\"") == 0);
}

TEST_CASE("what can't be recorded or replayed is said, with exit code 2") {
    Rig rig;
    const auto nowhere = rig.ctl({"record", (rig.directory.path() / "no/such/folder").string()});
    CHECK(nowhere->wait_exit() == 2);
    CHECK(nowhere->output().find("can't be written") != std::string::npos);
    const auto missing = rig.ctl({"replay", (rig.directory.path() / "none.jsonl").string()});
    CHECK(missing->wait_exit() == 2);
    const auto other = rig.directory.path() / "other.jsonl";
    testing::write_file(other, "{\"recording\":1,\"site\":\"other\",\"started\":\"2026-06-21T10:00:00Z\"}\n");
    const auto wrong = rig.ctl({"replay", other.string()});
    CHECK(wrong->wait_exit() == 2);
    CHECK(wrong->output().find("is of the site other") != std::string::npos);
}
