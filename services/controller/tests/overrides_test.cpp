#include "overrides.hpp"

#include "reign.hpp"
#include "state_file.hpp"
#include "support/broker.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::controller;

namespace {

const auto kTenPm = *topics::parse_rfc3339("2026-06-21T22:00:00Z");

Overrides some() {
    Overrides overrides;
    overrides.set("garage", "mode", {std::string("now"), kTenPm, "phone"});
    overrides.set("garage", "pause", {true});
    overrides.set("", "grid_limit_a", {20.0, {}, "operator"});
    return overrides;
}

}  // namespace

TEST_CASE("overrides end by themselves") {
    auto overrides = some();
    CHECK_FALSE(overrides.expire(kTenPm - std::chrono::seconds(1)));
    CHECK(overrides.expire(kTenPm));
    CHECK_FALSE(overrides.find("garage", "mode"));
    CHECK(overrides.find("garage", "pause"));
}

TEST_CASE("overrides survive a restart as they are, and tell who set them") {
    const auto read = Overrides::from_json(some().to_json());
    REQUIRE(read);
    CHECK(*read == some());
    CHECK(read->described("garage") == "mode by phone, pause by a command");
    CHECK_FALSE(read->described("left"));
}

TEST_CASE("a damaged file is no overrides, and says why") {
    for (const auto* text :
         {"", "{", "{}", "[1]", R"({"overrides":[{"setting":"mode"}]})", R"({"overrides":[{"value":1}]})",
          R"({"overrides":[{"setting":"mode","value":null}]})",
          R"({"overrides":[{"setting":"mode","value":"now","until":"yesterday"}]})"}) {
        INFO(text);
        const auto read = Overrides::from_json(text);
        REQUIRE_FALSE(read);
        CHECK_FALSE(read.error().empty());
    }
}

TEST_CASE("state is written whole or not at all, and the reason is told") {
    const testing::TemporaryDirectory directory;
    const auto file = directory.path() / "state";
    CHECK_FALSE(read_state(file));
    REQUIRE(write_state(file, "one"));
    REQUIRE(write_state(file, "two"));
    CHECK(read_state(file) == "two");
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
    set_aside(file);
    CHECK_FALSE(read_state(file));
    CHECK(read_state(file.string() + ".bad") == "two");
    const auto failed = write_state(directory.path() / "missing" / "state", "x");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().find("No such file") != std::string::npos);
}

TEST_CASE("each reign is above the ones before, whatever the clock says") {
    const testing::TemporaryDirectory directory;
    const auto first = begin_reign(directory.path(), kTenPm);
    CHECK(first.epoch == 1782079200);
    CHECK(begin_reign(directory.path(), kTenPm).epoch == first.epoch + 1);
    CHECK(begin_reign(directory.path(), topics::Timestamp{}).epoch == first.epoch + 2);
    CHECK(begin_reign(directory.path(), kTenPm, first.epoch + 100).epoch == first.epoch + 101);
    const auto forgetful = begin_reign(directory.path() / "missing", kTenPm);
    CHECK(forgetful.epoch == first.epoch);
    CHECK_FALSE(forgetful.trouble.empty());
}
