#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

TEST_CASE("whatever is asked by the API's document, and against it, is answered as the document says") {
    if (!std::filesystem::exists(SCHEMATHESIS)) {
        WARN("skipped: there is no " SCHEMATHESIS);
        return;
    }
    const auto house = RunningHouse::charging();
    house->recorder().await<topics::Session>(house->names().session_current("garage"),
                                             [](const auto& session) { return session.energy_wh > 0; });
    const TemporaryDirectory folder;  // where it keeps what it has tried
    // What is well-formed may still be refused (a month beside a day, a setting that there is not): no
    // document can say all of that.
    Process fuzzer({"/bin/sh", "-c",
                    "cd " + folder.path().string() + " && exec " SCHEMATHESIS " run " + house->page_url() +
                        "openapi.json --checks all --exclude-checks positive_data_acceptance --seed 7 "
                        "--max-examples 40 --generation-database none "
                        "--phases examples,coverage,fuzzing --continue-on-failure --no-color"});
    const auto exit = fuzzer.wait_exit(300s);
    INFO(fuzzer.output());
    CHECK(exit == 0);
    CHECK(house->is_running("api-gateway"));
    CHECK(house->is_running("controller"));
    CHECK(house->broken_promises() == std::vector<std::string>{});
}
