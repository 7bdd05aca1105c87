#include "bus/outbox.hpp"

#include <catch2/catch.hpp>

using sunherd::bus::Outbox;
using sunherd::bus::Outgoing;
using sunherd::bus::QoS;

namespace {

constexpr std::size_t kAll = 10000;

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
    CHECK(payloads(outbox.hand_out(kAll)) == "pv new ");
    CHECK(outbox.hand_out(kAll).empty());
}

TEST_CASE("what the broker has taken is sent again only where it may have lost it") {
    Outbox outbox;
    const auto grid = add(outbox, "grid", "grid", true);
    const auto event = add(outbox, "event", "event", false, true);
    outbox.hand_out(kAll);
    outbox.done("grid", grid.number);
    outbox.done("event", event.number);
    outbox.reconnected(false);
    CHECK(outbox.hand_out(kAll).empty());
    outbox.reconnected(true);
    CHECK(payloads(outbox.hand_out(kAll)) == "grid ");
}

TEST_CASE("what was on its way when the connection ended is sent again, states marked as repeated") {
    Outbox outbox;
    add(outbox, "grid", "grid", true);
    add(outbox, "event", "event", false, true);
    CHECK_FALSE(outbox.hand_out(kAll).at(0).repeated);
    outbox.reconnected(false);
    add(outbox, "pv", "after", true);
    const auto again = outbox.hand_out(kAll);
    CHECK(payloads(again) == "grid event after ");
    CHECK(again.at(0).repeated);
    CHECK_FALSE(again.at(1).repeated);
    CHECK_FALSE(again.at(2).repeated);
}

TEST_CASE("a late acknowledgement of an older message doesn't mark the newer one") {
    Outbox outbox;
    const auto older = add(outbox, "grid", "older", true);
    add(outbox, "grid", "newer", true);
    outbox.done("grid", older.number);
    CHECK(payloads(outbox.hand_out(kAll)) == "newer ");
}

TEST_CASE("while the broker is slow states wait and the newest wins; those that follow keep their order") {
    Outbox outbox;
    add(outbox, "a", "a1", true);
    outbox.sent_at_once();
    for (const auto* payload : {"a2", "a3"}) {
        add(outbox, "a", payload, true);
        outbox.sent_later();
    }
    add(outbox, "b", "b1", true);
    CHECK(outbox.waiting());
    CHECK(payloads(outbox.hand_out(1)) == "a3 ");
    CHECK(outbox.waiting());
    CHECK(payloads(outbox.hand_out(1)) == "b1 ");
    CHECK_FALSE(outbox.waiting());
}

TEST_CASE("kept messages wait beside retained ones, others are not remembered") {
    Outbox outbox;
    add(outbox, "event", "first", false, true);
    add(outbox, "grid", "grid", true);
    add(outbox, "event", "second", false, true);
    CHECK_FALSE(outbox.add("setpoint", "6", false, QoS::at_least_once, false).remembered);
    CHECK(payloads(outbox.hand_out(kAll)) == "first grid second ");
}

TEST_CASE("the queue is bounded: the oldest goes and is counted") {
    Outbox outbox;
    for (std::size_t i = 0; i < Outbox::kMaxQueued + 3; ++i) {
        add(outbox, "event", std::to_string(i), false, true);
    }
    const auto waiting = outbox.hand_out(kAll);
    REQUIRE(waiting.size() == Outbox::kMaxQueued);
    CHECK(waiting.front().payload == "3");
    CHECK(outbox.dropped() == 3);
}

TEST_CASE("what is lost with a connection is counted, unless it is remembered or was replaced") {
    Outbox outbox;
    const auto state = add(outbox, "grid", "older", true);
    add(outbox, "grid", "newer", true);
    const auto kept = add(outbox, "event", "kept", false, true);
    const auto setpoint = add(outbox, "setpoint", "6", false);
    outbox.undelivered("grid", state.number);
    outbox.undelivered("event", kept.number);
    CHECK(outbox.dropped() == 0);
    outbox.undelivered("setpoint", setpoint.number);
    CHECK(outbox.dropped() == 1);
}

TEST_CASE("more retained topics than the bound are not remembered, known ones still are") {
    Outbox outbox;
    for (std::size_t i = 0; i < Outbox::kMaxRetainedTopics; ++i) {
        add(outbox, "topic" + std::to_string(i), "value", true);
    }
    CHECK_FALSE(outbox.add("one too many", "value", true, QoS::at_least_once, false).remembered);
    CHECK(outbox.add("topic0", "newer", true, QoS::at_least_once, false).remembered);
    CHECK(outbox.hand_out(kAll).size() == Outbox::kMaxRetainedTopics);
}
