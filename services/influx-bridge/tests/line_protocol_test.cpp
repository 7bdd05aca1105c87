#include "line_protocol.hpp"

#include "topics/codec.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using topics::Kind;

namespace {
const auto kTime = *topics::parse_rfc3339("2026-06-21T10:15:30.250Z");
constexpr auto kStamp = " 1782036930250";
}  // namespace

TEST_CASE("a reading becomes one line: reals as floats also where they are whole, counts as integers") {
    topics::GridReading grid;
    grid.time = kTime;
    grid.seq = 42;
    grid.source = "garage";
    grid.power_w = -1500;
    grid.current_a[0] = -2.5;
    grid.current_a[2] = 3;
    const auto line = influx::to_line("home", {Kind::grid, "", ""}, topics::encode(grid));
    REQUIRE(line);
    CHECK(*line ==
          std::string(
              "grid,site=home current_a_l1=-2.5,current_a_l3=3,power_w=-1500,seq=42i,source=\"garage\"") +
              kStamp);
}

TEST_CASE("a foreign sender's whole number is a float all the same") {
    const auto line =
        influx::to_line("home", {Kind::battery, "cellar", ""},
                        R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"power_w":1500,"soc_pct":50})");
    REQUIRE(line);
    CHECK(*line == std::string("battery,site=home,id=cellar power_w=1500,seq=1i,soc_pct=50") + kStamp);
}

TEST_CASE("texts are escaped, and can forge neither field nor line") {
    topics::Event event;
    event.time = kTime;
    event.seq = 7;
    event.code = "odd code,=";
    event.text = "say \"hi\" \\ \nforged,field=1";
    event.service = "controller";
    const auto line = influx::to_line("home", {Kind::event, "", ""}, topics::encode(event));
    REQUIRE(line);
    CHECK(*line ==
          std::string(R"(event,site=home,severity=info,code=odd\ code\,\=,service=controller seq=7i,)"
                      R"(text="say \"hi\" \\  forged,field=1")") +
              kStamp);
}

TEST_CASE("strings of an inverter carry their number") {
    topics::PvReading pv;
    pv.time = kTime;
    pv.seq = 1;
    pv.strings = {{1, 800.0, {}, {}}, {2, 700.5, {}, {}}};
    const auto line = influx::to_line("home", {Kind::pv, "roof", ""}, topics::encode(pv));
    REQUIRE(line);
    CHECK(line->find("strings_1_power_w=800,") != std::string::npos);
    CHECK(line->find("strings_2_power_w=700.5") != std::string::npos);
}

TEST_CASE("a bad payload is refused with its reason, a command is no data") {
    CHECK_FALSE(influx::to_line("home", {Kind::grid, "", ""}, "{}"));
    CHECK_FALSE(influx::to_line("home", {Kind::grid, "", ""}, "nonsense"));
    CHECK_FALSE(influx::to_line("home", {Kind::site_command, "", "mode"}, "solar"));
}
