#include "playback.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace sunherd;
using namespace sunherd::simulator;
using Catch::Matchers::Contains;

namespace {

/// Three days at 30 minutes; only the second has sun.
class TraceFolder {
  public:
    TraceFolder() {
        std::filesystem::create_directories(path_);
        std::ofstream site(path_ / "site.csv");
        site << "time_utc,house_w,pv_w\n";
        const auto begin = topics::parse_rfc3339("2024-06-10T00:00:00Z").value();
        for (int i = 0; i < 3 * 48; ++i) {
            const bool sun = i >= 48 && i < 96 && i % 48 > 12 && i % 48 < 36;
            site << topics::to_rfc3339(begin + std::chrono::minutes(30 * i)) << ",500," << (sun ? 6000 : 0)
                 << "\n";
        }
        std::ofstream sessions(path_ / "sessions.csv");
        sessions << "session_id,evse,arrive_utc,depart_utc,energy_kwh\nA-1,A,2024-06-11T08:10:00Z,2024-06-"
                    "11T12:00:00Z,9\n";
    }
    ~TraceFolder() { std::filesystem::remove_all(path_); }
    TraceFolder(const TraceFolder&) = delete;
    TraceFolder& operator=(const TraceFolder&) = delete;
    TraceFolder(TraceFolder&&) = delete;
    TraceFolder& operator=(TraceFolder&&) = delete;
    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("sunherd-playback-" + std::to_string(::getpid()));
};

site::Site berlin() {
    site::Site site;
    site.time_zone = "Europe/Berlin";
    site.evses.resize(2);
    return site;
}

std::string error_of(const Arguments& arguments) {
    const auto playback = load_playback(arguments, berlin());
    return playback ? "accepted" : playback.error();
}

}  // namespace

TEST_CASE("a trace begins at ten in the morning of a day with sun, local time") {
    const TraceFolder folder;
    const auto playback = load_playback({.trace = folder.path()}, berlin());
    REQUIRE(playback);
    CHECK(topics::to_rfc3339(playback->settings.start) == "2024-06-11T08:00:00.000Z");
    CHECK(playback->demand->at(playback->settings.start).pv_w == 6000);
    REQUIRE(playback->visits.size() == 2);
    CHECK(playback->visits[0].size() == 1);  // the trace's car
    CHECK(playback->visits[1].size() > 1);   // built-in cars
    CHECK_FALSE(playback->ends_after);
}

TEST_CASE("--from takes UTC, local time or a date") {
    const TraceFolder folder;
    const auto start = [&](const char* from) {
        const auto playback = load_playback({.trace = folder.path() + "/site.csv", .from = from}, berlin());
        return playback ? topics::to_rfc3339(playback->settings.start) : playback.error();
    };
    CHECK(start("2024-06-12T03:00:00Z") == "2024-06-12T03:00:00.000Z");
    CHECK(start("2024-06-12T03:00") == "2024-06-12T01:00:00.000Z");
    CHECK(start("2024-06-12") == "2024-06-12T08:00:00.000Z");
    CHECK_THAT(start("2025-06-12"), Contains("is not in") && Contains("2024-06-10T00:00:00.000Z"));
    CHECK_THAT(start("noon"), Contains("--from is 'noon', expected a time such as"));
}

TEST_CASE("without a trace the built-in summer day is played") {
    const auto playback = load_playback({.speed = "10", .minutes = "0.5"}, berlin());
    REQUIRE(playback);
    CHECK(playback->demand->at(playback->settings.start).pv_w > 0);
    CHECK(playback->settings.speed == 10);
    CHECK(playback->ends_after == std::chrono::seconds(30));
}

TEST_CASE("options that can't be are refused with what can") {
    CHECK_THAT(error_of({.speed = "fast"}),
               Contains("--speed is 'fast', expected a number from 0.1 to 3600"));
    CHECK_THAT(error_of({.minutes = "-1"}), Contains("--minutes"));
    CHECK_THAT(error_of({.cars = "many"}), Contains("expected auto or trace or built-in"));
    CHECK_THAT(error_of({.ports = "both"}), Contains("expected read-write or charger-cluster"));
    CHECK_THAT(error_of({.trace = "/nowhere/site.csv"}), Contains("cannot read /nowhere/site.csv"));
}

TEST_CASE("recordings of summer begin with sun") {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test has one thread
    const char* shared = std::getenv("SUNHERD_SHARED");
    const auto traces =
        (shared != nullptr ? std::filesystem::path(shared)
                           : std::filesystem::path(SUNHERD_SOURCE_DIR).parent_path() / "shared") /
        "traces";
    if (!std::filesystem::exists(traces / "lyngby-summer")) {
        WARN("no recordings in " << traces.string() << " (SUNHERD_SHARED): left out");
        return;
    }
    const auto playback = load_playback({.trace = (traces / "lyngby-summer").string()}, berlin());
    INFO((playback ? std::string() : playback.error()));
    REQUIRE(playback);
    CHECK(playback->demand->at(playback->settings.start).pv_w > 3000);
}
