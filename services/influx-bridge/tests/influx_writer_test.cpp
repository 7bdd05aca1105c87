#include "influx_writer.hpp"

#include "support/http_stub.hpp"

#include <catch2/catch.hpp>

#include <atomic>

using namespace sunherd;
using namespace std::chrono_literals;
using influx::InfluxWriter;
using testing::HttpStub;

namespace {

site::Influx at(const HttpStub& stub) {
    site::Influx target;
    target.url = "http://127.0.0.1:" + std::to_string(stub.port());
    target.org = "org";
    target.bucket = "bucket";
    target.token = "token";
    return target;
}

}  // namespace

TEST_CASE("lines of many threads all arrive, and are reported once") {
    HttpStub stub([](const auto&) { return HttpStub::Answer{}; });
    std::atomic<std::uint64_t> written = 0;
    InfluxWriter writer(at(stub), [&](const InfluxWriter::Report& report) { written += report.written; });
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int line = 0; line < 500; ++line) {
                writer.add("m f=1 1");
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(writer.finish(10s) == 0);
    CHECK(written == 2000);
}

TEST_CASE("what is left at the end is counted, also of a request that hangs") {
    HttpStub stub([](const auto&) { return HttpStub::Answer{.never = true}; });
    InfluxWriter writer(at(stub), [](const auto&) {});
    writer.add("m f=1 1");
    stub.await([](const auto&) { return true; });
    writer.add("m f=2 2");
    CHECK(writer.finish(50ms) == 2);
}

TEST_CASE("memory is bounded: beyond 100,000 lines the oldest go, and are counted") {
    std::atomic<bool> open = false;
    HttpStub stub([&](const auto&) { return HttpStub::Answer{open ? 204 : 503}; });
    std::atomic<std::uint64_t> written = 0;
    std::atomic<std::uint64_t> dropped = 0;
    InfluxWriter writer(at(stub), [&](const InfluxWriter::Report& report) {
        written += report.written;
        dropped += report.dropped;
    });
    constexpr std::uint64_t kLines = 120'000;
    for (std::uint64_t line = 0; line < kLines; ++line) {
        writer.add("m f=1 1");
    }
    open = true;
    CHECK(writer.finish(20s) == 0);
    CHECK(dropped >= 10'000);
    CHECK(written + dropped == kLines);
}
