#include "history/reader.hpp"
#include "ledger_rig.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::testing;

TEST_CASE("a disk that is full or read-only for a while: the broker holds what comes, nothing is lost") {
    const auto* fault = GENERATE("full", "read-only");
    const TemporaryDirectory faults;
    LedgerRig rig({{"LD_PRELOAD", FAULT_SHIM}, {"FAULT_SHIM", faults.path().string()}});
    rig.await_database(topics::Health::ok);
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    rig.recorder().forget();
    write_file(faults.path() / fault, "");
    rig.second(topics::Iec61851::C, kChargeW);
    rig.recorder().await<topics::ServiceStatus>(rig.names.service_status("ledger"), [](const auto& status) {
        return status.status == topics::Presence::offline;
    });
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    REQUIRE(rig.running());
    std::filesystem::remove(faults.path() / fault);
    const auto event = rig.recorder().await<topics::Event>(
        rig.names.event(), [](const auto& each) { return each.code == "spool_full"; });
    CHECK(event.severity == topics::Severity::alarm);
    rig.await_database(topics::Health::ok);
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    CHECK(rig.await_end().energy_wh == Approx(300.5 * 2).margin(0.2));
    const auto reader = history::Reader::open(rig.file()).value();
    CHECK(reader->sessions({})->size() == 1);
}

TEST_CASE("a database that can't be written while the spool can: what came is in it later") {
    const TemporaryDirectory faults;
    LedgerRig rig({{"LD_PRELOAD", FAULT_SHIM}, {"FAULT_SHIM", faults.path().string()}});
    rig.await_database(topics::Health::ok);
    write_file(faults.path() / "database-full", "");
    rig.seconds(100, topics::Iec61851::C, kChargeW);
    rig.await_database(topics::Health::faulty);
    rig.recorder().forget();
    std::filesystem::remove(faults.path() / "database-full");
    rig.await_database(topics::Health::ok);
    CHECK(rig.await_end().energy_wh == Approx(99.5 * 2).margin(0.2));
}
