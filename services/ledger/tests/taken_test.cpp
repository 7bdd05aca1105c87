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
