#include "endpoint_writer.hpp"

#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <vector>

using namespace sunherd;
using namespace std::chrono_literals;
using actuator::EndpointWriter;
using modbus::test::Reply;
using modbus::test::ScriptedServer;
using Words = std::vector<std::uint16_t>;

namespace {

modbus::Endpoint endpoint(const ScriptedServer& server, std::chrono::milliseconds timeout) {
    modbus::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = server.port();
    endpoint.timeout = timeout;
    return endpoint;
}

/// Of function 16: the first six bytes behind the header.
Reply confirm(const modbus::test::Bytes& request) {
    modbus::test::Bytes bytes(request.begin(), request.begin() + 12);
    bytes.at(5) = 6;
    return {.bytes = bytes};
}

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

}  // namespace

TEST_CASE("jobs of many threads are all done, those of one thread in its order") {
    ScriptedServer server(confirm);
    EndpointWriter writer(endpoint(server, 5s));
    constexpr int kThreads = 4;
    constexpr int kJobs = 50;
    std::vector<int> done;  // only the writer's thread touches it until all is drained
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            for (int job = 0; job < kJobs; ++job) {
                writer.post([&, value = thread * kJobs + job](modbus::WriteConnection& connection) {
                    failed += connection.write(8, Words{static_cast<std::uint16_t>(value)}) ? 0 : 1;
                    done.push_back(value);
                });
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    REQUIRE(writer.drain(in(20s)));
    CHECK(failed == 0);
    REQUIRE(done.size() == kThreads * kJobs);
    std::vector<int> last(kThreads, -1);
    for (const int value : done) {
        auto& before = last.at(static_cast<std::size_t>(value / kJobs));
        CHECK(value % kJobs > before);
        before = value % kJobs;
    }
}

TEST_CASE("a device that never answers is waited for no longer than asked, and its writer ends at once") {
    ScriptedServer server([](const auto&) { return Reply{}; });
    std::atomic<bool> second = false;
    std::atomic<int> ended = 0;
    {
        EndpointWriter writer(endpoint(server, 1h));
        writer.post(
            [&](modbus::WriteConnection& connection) { ended += connection.write(8, Words{1}) ? 0 : 1; });
        writer.post([&](modbus::WriteConnection&) { second = true; });
        REQUIRE(server.await_requests(1));
        CHECK_FALSE(writer.drain(in(50ms)));
    }
    CHECK(ended == 1);
    CHECK_FALSE(second);
}
