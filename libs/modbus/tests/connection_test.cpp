#include "modbus/connection.hpp"

#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <future>
#include <random>

using namespace sunherd::modbus;
using namespace sunherd::modbus::test;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Words = std::vector<std::uint16_t>;

namespace {

const Words kTruth{0x4248, 0x1EB8, 0x436F, 0xDEB8};
constexpr auto kTimeout = 300ms;
constexpr auto kLong = 20s;

Endpoint endpoint(const ScriptedServer& server, std::chrono::milliseconds timeout = kTimeout) {
    return {.host = "127.0.0.1", .port = server.port(), .unit = 1, .timeout = timeout};
}

Reply truth(const Bytes& request) {
    return {.bytes = answer_registers(request, kTruth)};
}

/// Does `first` on the first request, and tells the truth on all others.
ScriptedServer::Handler at_first(ScriptedServer::Handler first) {
    return [first = std::move(first), count = std::make_shared<std::atomic<int>>(0)](const Bytes& request) {
        return (*count)++ == 0 ? first(request) : truth(request);
    };
}

auto read_four(ReadConnection& connection) {
    return connection.read(Table::input, 2000, 4);
}

ErrorKind kind(const Result<Words>& result) {
    REQUIRE_FALSE(result);
    return result.error().kind;
}

}  // namespace

TEST_CASE("reads go over one connection") {
    ScriptedServer server(truth);
    ReadConnection connection(endpoint(server));
    for (int i = 0; i < 5; ++i) {
        REQUIRE(read_four(connection).value() == kTruth);
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("a host may be given by name, and several units share a connection") {
    ScriptedServer server(truth);
    auto to = endpoint(server, kLong);
    to.host = "localhost";
    ReadConnection connection(to);
    REQUIRE(read_four(connection));
    connection.select_unit(200);
    REQUIRE(read_four(connection));
    CHECK(server.requests().at(0).at(6) == 1);
    CHECK(server.requests().at(1).at(6) == 200);
    CHECK(server.connections() == 1);
}

TEST_CASE("after a reply that comes too late the next read is right") {
    ScriptedServer server(at_first([](const Bytes& request) {
        return Reply{.bytes = answer_registers(request, Words{1, 2, 3, 4}), .delay = kTimeout + 30ms};
    }));
    ReadConnection connection(endpoint(server));
    CHECK(kind(read_four(connection)) == ErrorKind::silent);
    for (int i = 0; i < 3; ++i) {
        CHECK(read_four(connection).value() == kTruth);
    }
}

TEST_CASE("a frame that lies is refused, and the connection made anew") {
    struct Lie {
        const char* what;
        std::function<void(Bytes&)> tell;
    };
    const auto lie = GENERATE(
        Lie{"unit", [](Bytes& f) { f[6] = 2; }}, Lie{"protocol id", [](Bytes& f) { f[3] = 1; }},
        Lie{"length 5000", [](Bytes& f) { f[4] = 0x13, f[5] = 0x88; }},
        Lie{"function", [](Bytes& f) { f[7] = 3; }}, Lie{"transaction", [](Bytes& f) { f[1] ^= 0x55; }},
        Lie{"byte count", [](Bytes& f) { f[8] = 6, f[5] = 9, f.resize(15); }},
        Lie{"unknown function", [](Bytes& f) { f[7] = 0x2B; }});
    INFO(lie.what);
    ScriptedServer server(at_first([&](const Bytes& request) {
        Reply reply = truth(request);
        lie.tell(reply.bytes);
        return reply;
    }));
    ReadConnection connection(endpoint(server, kLong));
    CHECK(kind(read_four(connection)) == ErrorKind::garbage);
    CHECK(read_four(connection).value() == kTruth);
    CHECK(server.connections() == 2);
}

TEST_CASE("a frame that is cut short ends at the time-out") {
    ScriptedServer server(at_first([](const Bytes& request) {
        Reply reply = truth(request);
        reply.bytes.resize(9);
        return reply;
    }));
    ReadConnection connection(endpoint(server));
    CHECK(kind(read_four(connection)) == ErrorKind::silent);
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE("the second of two replies is never taken for the answer to the next request") {
    SECTION("it lies there already") {
        ScriptedServer server(at_first([](const Bytes& request) {
            Reply reply = truth(request);
            const Bytes again = answer_registers(request, Words{9, 9, 9, 9});
            reply.bytes.insert(reply.bytes.end(), again.begin(), again.end());
            return reply;
        }));
        ReadConnection connection(endpoint(server, kLong));
        CHECK(read_four(connection).value() == kTruth);
        CHECK(read_four(connection).value() == kTruth);
    }
    SECTION("it comes when the next request is on its way") {
        Bytes first;
        ScriptedServer server([&](const Bytes& request) {
            if (first.empty()) {
                first = request;
                return truth(request);
            }
            return Reply{.bytes = answer_registers(std::exchange(first, {}), Words{9, 9, 9, 9})};
        });
        ReadConnection connection(endpoint(server, kLong));
        CHECK(read_four(connection).value() == kTruth);
        CHECK(kind(read_four(connection)) == ErrorKind::garbage);
        CHECK(read_four(connection).value() == kTruth);
    }
}

TEST_CASE("a reply that drips ends at the time-out of the whole") {
    constexpr auto kWholeDrip = 17 * 100ms;
    ScriptedServer server(at_first([](const Bytes& request) {
        Reply reply = truth(request);
        reply.between_bytes = 100ms;
        return reply;
    }));
    ReadConnection connection(endpoint(server, 300ms));
    const auto begin = SteadyClock::now();
    CHECK(kind(read_four(connection)) == ErrorKind::silent);
    const auto took = SteadyClock::now() - begin;
    CHECK(took >= 299ms);
    CHECK(took < kWholeDrip / 2);
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE("a device that takes the connection and says nothing is silent") {
    ScriptedServer server(at_first([](const Bytes&) { return Reply{}; }));
    ReadConnection connection(endpoint(server));
    const auto result = read_four(connection);
    CHECK(kind(result) == ErrorKind::silent);
    CHECK(result.error().text == "127.0.0.1:" + std::to_string(server.port()) +
                                     " unit 1: read input 2000+4: no whole answer within 300 ms");
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE("where nobody listens it fails at once, and rests until the back-off is over") {
    SteadyClock::time_point now{1h};
    const Endpoint nowhere{.host = "127.0.0.1", .port = free_port(), .unit = 1, .timeout = kLong};
    ReadConnection connection(nowhere, [&] { return now; });
    const auto first = read_four(connection);
    CHECK(kind(first) == ErrorKind::refused);
    ScriptedServer server(truth, false, nowhere.port);
    REQUIRE_FALSE(read_four(connection));
    CHECK(read_four(connection).error().text == first.error().text);
    now += 241ms;
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE(
    "a device that closes at once is taken for one that is busy with another client, and not pestered") {
    SteadyClock::time_point now{1h};
    ScriptedServer server(truth, true);
    ReadConnection connection(endpoint(server, kLong), [&] { return now; });
    const auto result = read_four(connection);
    CHECK(kind(result) == ErrorKind::refused);
    CHECK(result.error().text.find("one client only") != std::string::npos);
    for (int i = 0; i < 10; ++i) {
        CHECK(kind(read_four(connection)) == ErrorKind::refused);
    }
    CHECK(server.connections() == 1);
    now += 241ms;
    CHECK(kind(read_four(connection)) == ErrorKind::refused);
    CHECK(server.connections() == 2);
}

TEST_CASE("a reset in mid-frame is told, and healed by the next read") {
    ScriptedServer server([count = 0](const Bytes& request) mutable {
        Reply reply = truth(request);
        if (++count == 2) {
            reply.bytes.resize(11);
            reply.then = Reply::Then::reset;
        }
        return reply;
    });
    ReadConnection connection(endpoint(server, kLong));
    REQUIRE(read_four(connection));
    CHECK(kind(read_four(connection)) == ErrorKind::reset);
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE("a connection that the device ended while it was idle is made anew unnoticed") {
    ScriptedServer server(at_first([](const Bytes& request) {
        Reply reply = truth(request);
        reply.then = Reply::Then::close;
        return reply;
    }));
    ReadConnection connection(endpoint(server, kLong));
    REQUIRE(read_four(connection));
    REQUIRE(server.await_no_connection());
    CHECK(read_four(connection).value() == kTruth);
}

TEST_CASE("a device that takes one client only gets a connection for each exchange") {
    ScriptedServer server(truth);
    auto to = endpoint(server, kLong);
    to.single_client = true;
    ReadConnection connection(to);
    REQUIRE(read_four(connection));
    REQUIRE(server.await_no_connection());
    REQUIRE(read_four(connection));
    CHECK(server.connections() == 2);
}

TEST_CASE("exceptions are values and leave the connection as it is") {
    const int code = GENERATE(1, 2, 3, 4, 6, 8, 10, 11, 12, 99);
    ScriptedServer server(
        at_first([&](const Bytes& request) { return Reply{.bytes = answer_exception(request, code)}; }));
    ReadConnection connection(endpoint(server, kLong));
    const auto result = read_four(connection);
    CHECK(kind(result) == (code == 10 || code == 11 ? ErrorKind::silent : ErrorKind::exception));
    CHECK(result.error().exception == code);
    CHECK(read_four(connection).value() == kTruth);
    CHECK(server.connections() == 1);
}

TEST_CASE("an interrupt from another thread ends a read that waits, and all later ones") {
    ScriptedServer server([](const Bytes&) { return Reply{}; });
    ReadConnection connection(endpoint(server, kLong));
    auto waiting = std::async(std::launch::async, [&] { return read_four(connection); });
    REQUIRE(server.await_requests(1));
    connection.interrupt();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(kind(waiting.get()) == ErrorKind::silent);
    CHECK(kind(read_four(connection)) == ErrorKind::silent);
    CHECK(server.connections() == 1);
}

TEST_CASE("an interrupt ends a connect that waits") {
    // A full queue of connections that nobody accepts lets further ones wait.
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(listener, generic, size) == 0);
    REQUIRE(listen(listener, 0) == 0);
    REQUIRE(getsockname(listener, generic, &size) == 0);
    std::array<int, 4> queued{};
    for (auto& client : queued) {
        client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        static_cast<void>(connect(client, generic, size));
    }
    ReadConnection connection(
        {.host = "127.0.0.1", .port = ntohs(address.sin_port), .unit = 1, .timeout = kLong});
    auto waiting = std::async(std::launch::async, [&] { return read_four(connection); });
    CHECK(waiting.wait_for(200ms) == std::future_status::timeout);
    connection.interrupt();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(kind(waiting.get()) == ErrorKind::silent);
    for (const int client : queued) {
        close(client);
    }
    close(listener);
}

TEST_CASE("signals don't disturb a read") {
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};  // without SA_RESTART: calls return EINTR
    struct sigaction before {};
    sigaction(SIGUSR1, &quiet, &before);
    ScriptedServer server([](const Bytes& request) {
        Reply reply = truth(request);
        reply.between_bytes = 5ms;
        return reply;
    });
    ReadConnection connection(endpoint(server, kLong));
    std::atomic<pthread_t> reader{};
    auto reading = std::async(std::launch::async, [&] {
        reader = pthread_self();
        return read_four(connection);
    });
    REQUIRE(server.await_requests(1));
    while (reading.wait_for(1ms) != std::future_status::ready) {
        pthread_kill(reader, SIGUSR1);
    }
    CHECK(reading.get().value() == kTruth);
    sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("whatever a mad device sends, a read gives the truth or an error") {
    std::mt19937 random(4711);  // NOLINT: the same madness in each run
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random()) % limit; };
    ScriptedServer server([&](const Bytes& request) {
        Reply reply = truth(request);
        // The registers stay as they are: what gets through must be the truth.
        for (unsigned changes = below(3); changes > 0; --changes) {
            reply.bytes[below(9)] = static_cast<std::uint8_t>(below(256));
        }
        if (below(8) == 0) {
            reply.bytes.resize(below(30));
        }
        reply.then = below(8) == 0   ? Reply::Then::reset
                     : below(8) == 0 ? Reply::Then::close
                                     : Reply::Then::keep;
        return reply;
    });
    SteadyClock::time_point now{1h};
    ReadConnection connection(endpoint(server, 20ms), [&] { return now += 10s; });
    int good = 0;
    for (int i = 0; i < 400; ++i) {
        if (const auto result = read_four(connection)) {
            REQUIRE(*result == kTruth);
            ++good;
        }
    }
    CHECK(good > 50);
}
