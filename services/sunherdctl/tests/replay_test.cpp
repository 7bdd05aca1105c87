#include "replay/replay.hpp"

#include "controller.hpp"
#include "service/virtual_context.hpp"
#include "support/broker.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace sunherd;
using namespace sunherd::ctl;
using namespace std::chrono_literals;

namespace {

site::Site home() {
    site::Site site;
    site.id = "home";
    site.grid.main_fuse_a = 25;
    for (const auto* id : {"garage", "carport"}) {
        site::Evse evse;
        evse.id = id;
        evse.mode = topics::ChargeMode::now;
        site.evses.push_back(evse);
    }
    site.evses[1].mode = topics::ChargeMode::solar;
    return site;
}

/// A controller at work in a house, and who records it.
struct RecordedHouse {
    testing::TemporaryDirectory directory;
    service::VirtualContext context{home(), directory.path()};
    controller::Controller controller{context};
    std::ostringstream text;
    RecordingWriter writer{text, context.names(), "home", context.clock().utc()};
    std::chrono::milliseconds at{};
    std::map<std::string, double> told_a;

    void publish(const std::string& topic, const std::string& payload) {
        writer.write(at, {.topic = topic, .payload = payload, .received = {}});
        context.deliver(topic, payload);
        for (const auto& each : std::exchange(context.published, {})) {
            writer.write(at, {.topic = each.topic, .payload = each.payload, .received = {}});
            const auto parsed = context.names().parse(each.topic);
            if (parsed->kind == topics::Kind::evse_setpoint) {
                told_a[parsed->id] = topics::decode<topics::EvseSetpoint>(each.payload)->current_a;
            }
        }
    }
    void run(int seconds, double house_a) {
        for (int i = 0; i < seconds; ++i) {
            context.pass(1s);
            at += 1s;
            double sum_a = house_a;
            for (const auto& evse : context.site().evses) {
                topics::EvseState state;
                state.time = context.clock().utc();
                state.state = topics::Iec61851::C;
                state.current_a.phase = {told_a[evse.id], told_a[evse.id], told_a[evse.id]};
                sum_a += told_a[evse.id];
                publish(context.names().evse_state(evse.id).name, topics::encode(state));
            }
            topics::GridReading reading;
            reading.time = context.clock().utc();
            reading.source = "meter";
            reading.current_a.phase = {sum_a, sum_a, sum_a};
            publish(context.names().grid().name, topics::encode(reading));
        }
    }
    Recording recording() const {
        std::istringstream in(text.str());
        return read_recording(in).value();
    }
};

RecordedHouse& house() {
    static RecordedHouse one;
    static const bool ran = [] {
        one.run(100, -12);
        for (int i = 0; i < 30; ++i) {
            one.run(9, -18 + i * 7 % 40);
        }
        one.publish("sunherd/home/evse/garage/set/max_current_a", "8");
        one.run(60, -20);
        return true;
    }();
    return ran ? one : one;
}

}  // namespace

TEST_CASE("a recording decided about again gives the same decisions, bit for bit") {
    const auto recording = house().recording();
    const auto then = decided_then(recording);
    const auto now = replay(recording, home());
    REQUIRE(then.size() > 10);
    CHECK(now == replay(recording, home()));
    REQUIRE(now.size() == then.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
        CHECK(now[i].evse == then[i].evse);
        CHECK(now[i].current_a == then[i].current_a);
        CHECK(std::chrono::abs(now[i].at - then[i].at) <= 1s);
        CHECK_FALSE(now[i].why.empty());
    }
    CHECK(differences(then, now, 1500ms, recording.messages.back().at).empty());
}

TEST_CASE("where another controller would decide otherwise is told") {
    const auto recording = house().recording();
    auto smaller = home();
    smaller.grid.main_fuse_a = 20;
    const auto found = differences(decided_then(recording), replay(recording, smaller), 1500ms,
                                   recording.messages.back().at);
    REQUIRE_FALSE(found.empty());
    for (const auto& difference : found) {
        CHECK(difference.to - difference.from > 1500ms);
        CHECK(difference.then_a != difference.now_a);
    }
}

TEST_CASE("a recording that was cut off is read up to there, one that is none is refused") {
    const auto text = house().text.str();
    std::istringstream cut(text.substr(0, text.size() - 20));
    const auto recording = read_recording(cut);
    REQUIRE(recording);
    CHECK(recording->messages.size() + 1 == house().recording().messages.size());
    for (const std::string none : {"", "{}\n", "{\"recording\": 2, \"site\": \"home\"}\n", "hello\nthere\n",
                                   "{\"recording\":1,\"site\":\"h\",\"started\":\"now\"}\n"}) {
        std::istringstream in(none);
        CHECK_FALSE(read_recording(in));
    }
    std::istringstream back(text.substr(0, text.find('\n') + 1) +
                            "{\"at_ms\":5,\"topic\":\"a\",\"payload\":\"\"}\n"
                            "{\"at_ms\":4,\"topic\":\"a\",\"payload\":\"\"}\n\n");
    CHECK_FALSE(read_recording(back));
}
