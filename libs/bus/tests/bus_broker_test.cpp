#include "support/broker.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

using namespace std::chrono_literals;
using namespace sunherd;
using bus::Bus;
using bus::QoS;
using testing::Process;
using testing::Recorder;
using testing::TemporaryDirectory;
using testing::TestBroker;

namespace {

bus::Options options_for(const TestBroker& broker, const std::string& client_id = "tested") {
    return {.host = "127.0.0.1", .port = broker.port(), .client_id = client_id};
}

/// A bus and what it reported.
class Observed {
  public:
    explicit Observed(const bus::Options& options)
        : bus(
              options,
              [this](const bus::Incoming& message) {
                  note(messages_, message.topic + '=' + message.payload);
                  return true;
              },
              [this](const bus::ConnectionChange& change) {
                  note(changes_, (change.connected ? "up " : "down ") + change.text);
              },
              [this](const std::string& topic, const std::string& why) {
                  note(refusals_, topic + ": " + why);
              }) {}

    ~Observed() { bus.stop({}, {}, 1s); }
    Observed(const Observed&) = delete;
    Observed& operator=(const Observed&) = delete;

    bool await_change(const std::string& text) { return await(changes_, text); }
    bool await_message(const std::string& text) { return await(messages_, text); }
    bool await_refusal(const std::string& text) { return await(refusals_, text); }
    std::string changes() {
        const std::lock_guard lock(mutex_);
        return changes_;
    }

  private:
    void note(std::string& where, const std::string& what) {
        const std::lock_guard lock(mutex_);
        where += what + '\n';
        more_.notify_all();
    }
    bool await(const std::string& where, const std::string& text) {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, testing::kDeadline,
                              [&] { return where.find(text) != std::string::npos; });
    }

    std::mutex mutex_;
    std::condition_variable more_;
    std::string changes_;
    std::string messages_;
    std::string refusals_;

  public:
    Bus bus;  // last: its callbacks use the rest
};

void publish_state(Bus& bus, const std::string& topic, const std::string& payload) {
    bus.publish_raw(topic, payload, true, QoS::at_least_once, false);
}

}  // namespace

TEST_CASE("starts before its broker, then sends the newest of each retained topic and what was kept") {
    TestBroker broker;
    broker.kill();
    Observed service(options_for(broker));
    service.bus.start();
    CHECK(service.await_change("can't be reached"));
    publish_state(service.bus, "state", "old");
    publish_state(service.bus, "state", "new");
    service.bus.publish_raw("event", "kept", false, QoS::at_least_once, true);
    service.bus.publish_raw("setpoint", "6", false, QoS::at_least_once, false);
    CHECK(service.bus.dropped() == 1);
    CHECK_FALSE(service.bus.connected());

    broker.start();
    CHECK(service.await_change("up connected"));
    const Recorder late(broker);
    CHECK(late.await("state").payload == "new");
}

TEST_CASE("messages that were kept arrive after those that were sent before them") {
    TestBroker broker;
    const Recorder recorder(broker);
    Observed service(options_for(broker));
    publish_state(service.bus, "state", "1");
    service.bus.publish_raw("event", "2", false, QoS::at_least_once, true);
    publish_state(service.bus, "other", "3");
    service.bus.start();
    recorder.await("other");
    std::string order;
    for (const auto& message : recorder.seen()) {
        order += message.payload;
    }
    CHECK(order == "123");
    CHECK(recorder.await("state").retained);  // marked as not published just now
    CHECK_FALSE(recorder.await("event").retained);
}

TEST_CASE("a broker that lost its store gets the last message of each retained topic again") {
    TestBroker broker;
    Observed service(options_for(broker));
    service.bus.start();
    publish_state(service.bus, "state", "kept by us");
    { CHECK(Recorder(broker).await("state").payload == "kept by us"); }
    broker.kill();
    broker.start(TestBroker::Store::lost);
    const Recorder after(broker);
    CHECK(after.await("state").payload == "kept by us");
}

TEST_CASE("subscriptions stand again after the broker was away") {
    TestBroker broker;
    Observed service(options_for(broker));
    service.bus.subscribe("command", QoS::at_least_once);
    service.bus.start();
    REQUIRE(service.await_change("up connected"));
    broker.kill();
    REQUIRE(service.await_change("lost"));
    broker.start(TestBroker::Store::lost);
    Recorder recorder(broker);
    recorder.publish("command", "solar", true);
    CHECK(service.await_message("command=solar"));
}

TEST_CASE("a publish that the account may not do is reported with its reason") {
    TestBroker broker({.accounts = {{"tested", "secret"}}, .acl = "user tested\ntopic write allowed\n"});
    auto options = options_for(broker);
    options.user = "tested";
    options.password = "secret";
    Observed service(options);
    service.bus.start();
    publish_state(service.bus, "forbidden", "1");
    CHECK(service.await_refusal("forbidden: Not authorized (reason code 135)"));
}

TEST_CASE("refused credentials name broker, user and what to check, once") {
    TestBroker broker({.accounts = {{"tested", "secret"}}});
    auto options = options_for(broker);
    options.user = "tested";
    options.password = "wrong";
    Observed service(options);
    service.bus.start();
    CHECK(service.await_change("refuses user `tested`"));
    CHECK(service.await_change("check the account and its password"));
    CHECK(service.changes().find("127.0.0.1:" + std::to_string(broker.port())) != std::string::npos);
}

TEST_CASE("two clients with one id are told so") {
    TestBroker broker;
    Observed first(options_for(broker, "same"));
    first.bus.start();
    REQUIRE(first.await_change("up connected"));
    Observed second(options_for(broker, "same"));
    second.bus.start();
    CHECK(first.await_change("does another client use the id `same`"));
}

TEST_CASE("a broker that hangs blocks neither publishing nor stopping") {
    TestBroker broker;
    Observed service(options_for(broker));
    service.bus.start();
    REQUIRE(service.await_change("up connected"));
    broker.pause();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) {
        publish_state(service.bus, "state/" + std::to_string(i % 100), std::string(500, 'x'));
    }
    for (int i = 0; i < 2000; ++i) {
        service.bus.publish_raw("setpoint", "6", false, QoS::at_least_once, false);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
    CHECK(service.bus.dropped() >= 1000);
    const auto stopping = std::chrono::steady_clock::now();
    CHECK(service.bus.stop("status", "offline", 1s));
    CHECK(std::chrono::steady_clock::now() - stopping < 1500ms);
    broker.resume();
}

TEST_CASE("a broker that hangs is noticed and used again when it goes on") {
    TestBroker broker;
    auto options = options_for(broker);
    options.keep_alive = 1s;
    Observed service(options);
    service.bus.start();
    REQUIRE(service.await_change("up connected"));
    broker.pause();
    REQUIRE(service.await_change("lost"));
    publish_state(service.bus, "state", "meanwhile");
    REQUIRE(service.await_change("does not answer within 3 s"));
    broker.resume();
    const Recorder recorder(broker);
    CHECK(recorder.await("state").payload == "meanwhile");
}

TEST_CASE("a burst larger than what may be under way arrives whole") {
    TestBroker broker;
    const Recorder recorder(broker);
    Observed service(options_for(broker));
    service.bus.start();
    REQUIRE(service.await_change("up connected"));
    for (int i = 0; i < 500; ++i) {
        publish_state(service.bus, "state/" + std::to_string(i), "value");
        service.bus.publish_raw("setpoint/" + std::to_string(i), "6", false, QoS::at_least_once, false);
    }
    recorder.await("state/499");
    recorder.await("setpoint/499");
    CHECK(recorder.seen().size() == 1000);
    CHECK(service.bus.dropped() == 0);
}

TEST_CASE("last words reach the broker, and the last will stays unsaid") {
    TestBroker broker;
    Recorder recorder(broker);
    auto options = options_for(broker);
    options.will_topic = "status";
    options.will_payload = "died";
    Observed service(options);
    service.bus.start();
    REQUIRE(service.await_change("up connected"));
    CHECK(service.bus.stop("status", "stopped", 1s));
    CHECK(recorder.await("status").payload == "stopped");
    recorder.publish("after", "that");
    recorder.await("after");
    CHECK(recorder.seen().size() == 2);
}

TEST_CASE("an answer doesn't wait for the delayed ACK of what it answers") {
    TestBroker broker;
    Observed asking(options_for(broker, "asking"));
    Observed answering(options_for(broker, "answering"));
    asking.bus.subscribe("answer", QoS::at_least_once);
    answering.bus.subscribe("question", QoS::at_least_once);
    asking.bus.start();
    answering.bus.start();
    REQUIRE(asking.await_change("up connected"));
    REQUIRE(answering.await_change("up connected"));
    std::vector<std::chrono::steady_clock::duration> took;
    for (int i = 0; i < 25; ++i) {
        const auto number = '=' + std::to_string(i) + '\n';
        const auto begin = std::chrono::steady_clock::now();
        publish_state(asking.bus, "question",
                      std::to_string(i));  // retained: the subscription may still be on its way
        REQUIRE(answering.await_message("question" + number));
        publish_state(answering.bus, "answer", std::to_string(i));
        REQUIRE(asking.await_message("answer" + number));
        took.push_back(std::chrono::steady_clock::now() - begin);
    }
    std::ranges::sort(took);
    CHECK(took[took.size() / 2] < 20ms);  // 88 ms where it waits
}

TEST_CASE("TLS: a broker whose certificate our authority signed is trusted, another is not") {
    const TemporaryDirectory directory;
    const auto file = [&](const char* name) { return (directory.path() / name).string(); };
    const auto openssl = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "openssl");
        REQUIRE(Process(arguments).wait_exit() == 0);
    };
    for (const auto* authority : {"ours", "other"}) {
        openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
                 std::string("/CN=") + authority, "-keyout", file(authority) + ".key", "-out",
                 file(authority) + ".crt"});
    }
    openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", file("broker.key"),
             "-out", file("broker.csr")});
    testing::write_file(file("names"), "subjectAltName=IP:127.0.0.1\n");
    openssl({"x509", "-req", "-days", "1", "-in", file("broker.csr"), "-CA", file("ours.crt"), "-CAkey",
             file("ours.key"), "-CAcreateserial", "-extfile", file("names"), "-out", file("broker.crt")});
    TestBroker broker({.more = "cafile " + file("ours.crt") + "\ncertfile " + file("broker.crt") +
                               "\nkeyfile " + file("broker.key")});

    auto options = options_for(broker);
    options.tls = true;
    options.ca_file = file("ours.crt");
    Observed trusting(options);
    trusting.bus.start();
    CHECK(trusting.await_change("up connected"));

    options.client_id = "doubting";
    options.ca_file = file("other.crt");
    Observed doubting(options);
    doubting.bus.start();
    CHECK(doubting.await_change("a certificate that broker.ca_file"));
}
