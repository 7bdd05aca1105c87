#include "house/trace.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace sunherd::house;
using Catch::Matchers::Contains;
using sunherd::topics::parse_rfc3339;

namespace {

std::string error_of(std::string_view csv) {
    const auto trace = parse_trace(csv, "site.csv");
    return trace ? "accepted" : trace.error().text;
}

std::filesystem::path traces() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test has one thread
    const char* shared = std::getenv("SUNHERD_SHARED");
    return (shared != nullptr ? std::filesystem::path(shared)
                              : std::filesystem::path(SUNHERD_SOURCE_DIR).parent_path() / "shared") /
           "traces";
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What is wrong with a recording; empty if nothing.
std::string problem_of(const std::filesystem::path& folder) {
    const auto trace = parse_trace(content(folder / "site.csv"), folder.string());
    if (!trace) {
        return trace.error().text;
    }
    if (!std::filesystem::exists(folder / "sessions.csv")) {
        return {};
    }
    const auto sessions = parse_sessions(content(folder / "sessions.csv"), "sessions.csv");
    return sessions ? std::string() : sessions.error().text;
}

}  // namespace

TEST_CASE("columns are found by name, values lie on the line between rows") {
    const auto trace = parse_trace(
        "pv_w,note,time_utc,house_l1_w,house_l2_w,house_l3_w\r\n"
        "1000,x,2024-06-10T10:00:00Z,100,0,20\r\n"
        "3000,y,2024-06-10T10:01:00Z,300,60,20\r\n"
        "-4,z,2024-06-10T10:02:00Z,300,60,20\r\n",
        "site.csv");
    REQUIRE(trace);
    const auto halfway = trace->at(parse_rfc3339("2024-06-10T10:00:30Z").value());
    CHECK(halfway.pv_w == 2000);
    CHECK(halfway.house_w == PerPhase{200, 30, 20});
    CHECK(trace->rows().back().demand.pv_w == 0);
    CHECK(trace->at(trace->begin() + std::chrono::minutes(2)).pv_w == 1000);  // begins anew
}

TEST_CASE("a recording without header: seconds, PV, house") {
    const auto trace =
        parse_trace("# from 2024-06-18T09:32:00Z, scale 1.45\n0,11000,0\n5,10470,100\n", "site.csv");
    REQUIRE(trace);
    CHECK(trace->begin() == parse_rfc3339("2024-06-18T09:32:00Z").value());
    CHECK(trace->at(trace->begin()).pv_w == 11000);
    CHECK(trace->rows()[1].demand.house_w == PerPhase{50, 30, 20});
}

TEST_CASE("a bad trace is refused with file, line and what was expected") {
    const std::string head = "time_utc,house_w,pv_w\n2024-06-10T10:00:00Z,100,0\n";
    CHECK_THAT(error_of(""), Contains("empty"));
    CHECK_THAT(error_of("time_utc,power\n"), Contains("site.csv:1: the header lacks"));
    CHECK_THAT(error_of(head), Contains("fewer than two rows"));
    CHECK_THAT(error_of(head + "2024-06-10T10:01:00Z,abc,0\n"),
               Contains("site.csv:3: house_w is 'abc', expected a number"));
    CHECK_THAT(error_of(head + "2024-06-10T10:01:00Z,nan,0\n"), Contains("expected a number"));
    CHECK_THAT(error_of(head + "2024-06-10T10:01:00Z,100\n"), Contains("pv_w is ''"));
    CHECK_THAT(error_of(head + "2024-06-10T10:01:00Z,-5,0\n"), Contains("negative"));
    CHECK_THAT(error_of(head + "yesterday,5,0\n"), Contains("time_utc is 'yesterday'"));
    CHECK_THAT(error_of(head + "2024-06-10T10:01:00Z,1,0\n2024-06-10T10:03:00Z,1,0\n"),
               Contains("site.csv:4: time goes on by 120 s, expected 60 s"));
    CHECK_THAT(error_of(head + "2024-06-10T09:59:00Z,1,0\n"), Contains("expected a later time"));
}

TEST_CASE("sessions: who came when and wanted how much") {
    const auto sessions = parse_sessions(
        "session_id,evse,arrive_utc,depart_utc,energy_kwh\nA-1,A,2024-06-11T17:27:00Z,2024-06-13T05:08:00Z,"
        "12.1\n",
        "sessions.csv");
    REQUIRE(sessions);
    REQUIRE(sessions->size() == 1);
    CHECK(sessions->front().evse == "A");
    CHECK(sessions->front().energy_wh == Approx(12100));

    const auto bad = parse_sessions(
        "session_id,evse,arrive_utc,depart_utc,energy_kwh\nA-1,A,2024-06-11T17:27:00Z,2024-06-10T05:08:00Z,"
        "12.1\n",
        "sessions.csv");
    REQUIRE_FALSE(bad);
    CHECK_THAT(bad.error().text, Contains("sessions.csv:2: "));
    CHECK_THAT(parse_sessions("a,b\n", "sessions.csv").error().text, Contains("lacks session_id"));
}

TEST_CASE("the recordings beside the checkout can be played") {
    if (!std::filesystem::exists(traces())) {
        WARN("no recordings in " << traces().string() << " (SUNHERD_SHARED): left out");
        return;
    }
    for (const auto& folder : std::filesystem::directory_iterator(traces())) {
        if (folder.is_directory()) {
            CHECK(problem_of(folder.path()).empty());
        }
    }
}
