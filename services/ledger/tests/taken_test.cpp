#include "taken.hpp"

#include "arrival.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::ledger;

TEST_CASE("what was taken is taken once, also after a restart") {
    Taken taken;
    CHECK(taken.add("a", "1"));
    CHECK(taken.add("a", "2"));
    CHECK(taken.add("b", "1"));
    CHECK_FALSE(taken.add("a", "1"));
    auto after = Taken::from_text(taken.to_text());
    CHECK_FALSE(after.add("a", "2"));
    CHECK(after.add("a", "3"));
}

TEST_CASE("only so many are remembered, and nonsense is none") {
    auto taken = Taken::from_text("xyz  12 \n");
    for (std::size_t i = 0; i <= Taken::kRemembered + 5; ++i) {
        CHECK(taken.add("a", std::to_string(i)));
    }
    CHECK(taken.add("a", "0"));
    CHECK_FALSE(taken.add("a", std::to_string(Taken::kRemembered)));
}

TEST_CASE("a message survives the spool") {
    const bus::Incoming message{
        .topic = "sunherd/home/event",
        .payload = std::string("{\"a\":\"\0\"}", 9),
        .retained = true,
        .received = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(123))};
    const auto record = to_record(message);
    const auto arrival = parse_record(record);
    REQUIRE(arrival);
    CHECK(arrival->topic == message.topic);
    CHECK(arrival->payload == message.payload);
    CHECK(arrival->retained);
    CHECK(arrival->received == message.received);
    for (std::size_t cut = 0; cut < record.find('{'); ++cut) {
        CHECK_FALSE(parse_record(record.substr(0, cut)));
    }
}

TEST_CASE("a reading is taken when its time or its number is newer than the last one's") {
    const topics::Timestamp ten = *topics::parse_rfc3339("2026-06-21T10:00:00Z");
    Taken taken;
    CHECK(taken.add("a", ten, 100));
    CHECK_FALSE(taken.add("a", ten, 100));
    CHECK_FALSE(taken.add("a", ten - std::chrono::hours(2), 20));
    CHECK(taken.add("b", ten, 1));
    CHECK(taken.add("a", ten + std::chrono::seconds(1), 1));  // its publisher began anew
    CHECK(taken.add("a", ten - std::chrono::hours(1), 2));    // its clock was set back
    auto after = Taken::from_text(taken.to_text());
    CHECK_FALSE(after.add("a", ten - std::chrono::hours(1), 2));
    CHECK_FALSE(after.add("b", ten, 1));
    CHECK(after.add("b", ten, 2));
}

TEST_CASE("a publisher that begins anew with an older clock is believed in the end") {
    const topics::Timestamp ten = *topics::parse_rfc3339("2026-06-21T10:00:00Z");
    Taken taken;
    CHECK(taken.add("a", ten, 1'000'000));
    int refused = 0;
    for (std::uint64_t seq = 1; !taken.add("a", ten - std::chrono::hours(24), seq); ++seq) {
        ++refused;
    }
    CHECK(refused == Taken::kMostRefused - 1);
    Taken flooded;
    for (std::size_t i = 0; i < 2 * Taken::kMostTopics; ++i) {
        CHECK(flooded.add(std::to_string(i), ten, 1));
    }
    CHECK_FALSE(flooded.add("0", ten, 1));
    CHECK(flooded.add(std::to_string(2 * Taken::kMostTopics - 1), ten, 1));
}
