#include "bus/outbox.hpp"

#include <catch2/catch.hpp>

using sunherd::bus::Outbox;
using sunherd::bus::Outgoing;
using sunherd::bus::QoS;

namespace {

Outgoing add(Outbox& outbox, const std::string& topic, const std::string& payload, bool retained,
             bool keep = false) {
    return outbox.add(topic, payload, retained, QoS::at_least_once, keep).message;
}

std::string payloads(const std::vector<Outgoing>& messages) {
    std::string all;
    for (const auto& message : messages) {
        all += message.payload + ' ';
    }
    return all;
}

}  // namespace

TEST_CASE("of a retained topic only the newest message waits, in the order of publishing") {
    Outbox outbox;
    add(outbox, "grid", "old", true);
    add(outbox, "pv", "pv", true);
    add(outbox, "grid", "new", true);
    CHECK(payloads(outbox.unsent(false)) == "pv new ");
}

TEST_CASE("what the broker has taken is sent again only where it may have lost it") {
    Outbox outbox;
    const auto grid = add(outbox, "grid", "grid", true);
    const auto event = add(outbox, "event", "event", false, true);
    outbox.done("grid", grid.number);
    outbox.done("event", event.number);
    CHECK(outbox.unsent(false).empty());
    CHECK(payloads(outbox.unsent(true)) == "grid ");
}

TEST_CASE("a late acknowledgement of an older message doesn't mark the newer one") {
    Outbox outbox;
    const auto older = add(outbox, "grid", "older", true);
    add(outbox, "grid", "newer", true);
    outbox.done("grid", older.number);
    CHECK(payloads(outbox.unsent(false)) == "newer ");
}

TEST_CASE("kept messages wait beside retained ones, others are not remembered") {
    Outbox outbox;
    add(outbox, "event", "first", false, true);
    add(outbox, "grid", "grid", true);
    add(outbox, "event", "second", false, true);
    CHECK_FALSE(outbox.add("setpoint", "6", false, QoS::at_least_once, false).remembered);
    CHECK(payloads(outbox.unsent(false)) == "first grid second ");
}

TEST_CASE("the queue is bounded: the oldest goes and is counted") {
    Outbox outbox;
    for (std::size_t i = 0; i < Outbox::kMaxQueued + 3; ++i) {
        add(outbox, "event", std::to_string(i), false, true);
    }
    const auto waiting = outbox.unsent(false);
    REQUIRE(waiting.size() == Outbox::kMaxQueued);
    CHECK(waiting.front().payload == "3");
    CHECK(outbox.dropped() == 3);
}

TEST_CASE("more retained topics than the bound are not remembered, known ones still are") {
    Outbox outbox;
    for (std::size_t i = 0; i < Outbox::kMaxRetainedTopics; ++i) {
        add(outbox, "topic" + std::to_string(i), "value", true);
    }
    CHECK_FALSE(outbox.add("one too many", "value", true, QoS::at_least_once, false).remembered);
    CHECK(outbox.add("topic0", "newer", true, QoS::at_least_once, false).remembered);
    CHECK(outbox.unsent(true).size() == Outbox::kMaxRetainedTopics);
}
