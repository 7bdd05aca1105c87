#include "service/inbox.hpp"

#include <catch2/catch.hpp>

using sunherd::service::Inbox;
using sunherd::topics::Names;

namespace {

Inbox::Item item(const std::string& topic, const std::string& payload) {
    static const Names names("sunherd", "home");
    return {.topic = names.parse(topic),
            .raw = {.topic = topic, .payload = payload, .retained = false, .received = {}}};
}

std::string payloads(Inbox& inbox) {
    std::string all;
    while (const auto next = inbox.pop()) {
        all += next->raw.payload + ' ';
    }
    return all;
}

const Names kNames("sunherd", "home");

}  // namespace

TEST_CASE("of a state topic only the newest waits, in its place") {
    Inbox inbox;
    inbox.push(item(kNames.grid().name, "old"));
    inbox.push(item(kNames.evse_state("garage").name, "garage"));
    inbox.push(item(kNames.grid().name, "new"));
    CHECK(payloads(inbox) == "new garage ");
    CHECK(inbox.dropped() == 0);
}

TEST_CASE("what was fetched is not replaced: the next one waits again") {
    Inbox inbox;
    inbox.push(item(kNames.grid().name, "1"));
    CHECK(inbox.pop()->raw.payload == "1");
    inbox.push(item(kNames.grid().name, "2"));
    CHECK(payloads(inbox) == "2 ");
}

TEST_CASE("commands, setpoints and events are all delivered") {
    Inbox inbox;
    for (const auto& topic :
         {kNames.site_command("mode").name, kNames.evse_setpoint("garage").name, kNames.event().name}) {
        inbox.push(item(topic, "1"));
        inbox.push(item(topic, "2"));
    }
    CHECK(payloads(inbox) == "1 2 1 2 1 2 ");
}

TEST_CASE("a fetcher is sent once, and again only when it found nothing") {
    Inbox inbox;
    CHECK(inbox.push(item(kNames.event().name, "1")));
    CHECK_FALSE(inbox.push(item(kNames.event().name, "2")));
    inbox.pop();
    inbox.pop();
    CHECK_FALSE(inbox.push(item(kNames.event().name, "3")));
    CHECK(payloads(inbox) == "3 ");
    CHECK(inbox.push(item(kNames.event().name, "4")));
}

TEST_CASE("a flood is bounded by number: the oldest go and are counted") {
    Inbox inbox;
    for (std::size_t i = 0; i < Inbox::kMaxMessages + 2; ++i) {
        inbox.push(item(kNames.site_command("mode").name, std::to_string(i)));
    }
    CHECK(inbox.dropped() == 2);
    CHECK(inbox.pop()->raw.payload == "2");
}

TEST_CASE("a flood of large messages is bounded by bytes, a dropped state topic can come again") {
    Inbox inbox;
    inbox.push(item(kNames.grid().name, "grid"));
    const std::string large(64 * 1024, 'x');
    for (std::size_t i = 0; i < Inbox::kMaxBytes / large.size(); ++i) {
        inbox.push(item("sunherd/home/unknown/topic", large));
    }
    CHECK(inbox.dropped() >= 1);
    inbox.push(item(kNames.grid().name, "again"));
    std::string last;
    while (const auto next = inbox.pop()) {
        last = next->raw.payload;
    }
    CHECK(last == "again");
}
