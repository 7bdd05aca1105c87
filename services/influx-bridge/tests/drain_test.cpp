#include "drain.hpp"

#include "intake.hpp"
#include "support/http_stub.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>

// Intake and drain with their threads, from the bus's callback to the database's answer.

using namespace sunherd;
using namespace std::chrono_literals;
using influx::Drain;
using influx::Intake;
using testing::HttpStub;

namespace {

class Rig {
  public:
    explicit Rig(HttpStub& stub) {
        auto name = (std::filesystem::temp_directory_path() / "sunherd-drain-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        directory_ = name;
        target_.url = "http://127.0.0.1:" + std::to_string(stub.port());
        target_.bucket = "b";
        dead_letters_ = std::make_unique<influx::DeadLetters>(directory_);
        open();
    }
    ~Rig() {
        close();
        std::filesystem::remove_all(directory_);
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    void open() {
        database_ = std::make_unique<influx::Database>(target_);  // one that was interrupted stays so
        spool_ = spool::Spool::open({.directory = directory_ / "spool", .file_bytes = 50'000}).value();
        drain_ = std::make_unique<Drain>(
            *spool_, *database_, *dead_letters_, influx::LineOptions{}, [] { return std::string("now"); },
            [this](const Drain::Report& report) {
                const std::lock_guard lock(mutex_);
                written_ += report.outcome.done ? report.outcome.written : 0;
                bad_ += report.bad_messages;
                more_.notify_all();
            });
        intake_ = std::make_unique<Intake>(*spool_, 5ms,
                                           Intake::Events{.arrived = [this] { drain_->wake(); },
                                                          .refused = [this](const auto&) { ++refused; },
                                                          .not_synced = [](const auto&) {}});
    }
    void close() {
        intake_.reset();
        drain_.reset();
        spool_.reset();
    }
    bool say(int number) {
        return intake_->take(
            {.topic = "sunherd/home/building/meter/m",
             .payload = R"({"time":"2026-06-21T10:15:30.250Z","seq":)" + std::to_string(number) + "}",
             .received = {}});
    }
    bool say_nonsense() {
        return intake_->take(
            {.topic = "sunherd/home/building/meter/m", .payload = "nonsense", .received = {}});
    }

    /// Whether so many lines come to be written.
    bool await_written(std::uint64_t lines) {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, 30s, [&] { return written_ >= lines; });
    }
    std::uint64_t written() {
        const std::lock_guard lock(mutex_);
        return written_;
    }
    std::uint64_t bad() {
        const std::lock_guard lock(mutex_);
        return bad_;
    }

    std::atomic<int> refused = 0;

  private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::uint64_t written_ = 0;
    std::uint64_t bad_ = 0;
    std::filesystem::path directory_;
    site::Influx target_;
    std::unique_ptr<influx::Database> database_;
    std::unique_ptr<influx::DeadLetters> dead_letters_;
    std::unique_ptr<spool::Spool> spool_;
    std::unique_ptr<Drain> drain_;
    std::unique_ptr<Intake> intake_;
};

bool has(const HttpStub::Request& request, int number) {
    return request.body().find(" seq=" + std::to_string(number) + "i ") != std::string::npos;
}

}  // namespace

TEST_CASE("what is taken is written, in order, by way of the spool; what is no message is counted") {
    HttpStub stub([](const auto&) { return HttpStub::Answer{}; });
    Rig rig(stub);
    for (int number = 1; number <= 3000; ++number) {
        REQUIRE(rig.say(number));
    }
    REQUIRE(rig.say_nonsense());
    REQUIRE(rig.say(3001));
    CHECK(rig.await_written(3001));
    rig.close();
    CHECK(rig.written() == 3001);
    CHECK(rig.bad() == 1);
    std::string all;
    for (const auto& request : stub.requests()) {
        all += request.body();
    }
    std::size_t at = 0;
    for (int number = 1; number <= 3001; ++number) {
        at = all.find(" seq=" + std::to_string(number) + "i ", at);
        REQUIRE(at != std::string::npos);
    }
}

TEST_CASE("what a hanging database did not take is there after the next start") {
    HttpStub stub([](const auto&) { return HttpStub::Answer{.never = true}; });
    Rig rig(stub);
    REQUIRE(rig.say(1));
    stub.await([](const auto& request) { return has(request, 1); });
    REQUIRE(rig.say(2));
    rig.close();  // in the middle of a request
    CHECK(rig.written() == 0);
    stub.answer([](const auto&) { return HttpStub::Answer{}; });
    rig.open();
    CHECK(rig.await_written(2));
}

TEST_CASE("a database that refuses for a while gets everything later") {
    std::atomic<int> requests = 0;
    HttpStub stub([&](const auto&) { return HttpStub::Answer{++requests < 3 ? 503 : 204}; });
    Rig rig(stub);
    for (int number = 1; number <= 100; ++number) {
        REQUIRE(rig.say(number));
    }
    CHECK(rig.await_written(100));
    for (int number = 101; number <= 110; ++number) {
        REQUIRE(rig.say(number));
    }
    CHECK(rig.await_written(110));
    rig.close();
    CHECK(rig.written() == 110);
    CHECK(rig.refused == 0);
}
