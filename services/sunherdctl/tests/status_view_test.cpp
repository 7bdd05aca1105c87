#include "status_view.hpp"

#include "topics/codec.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using topics::Kind;

namespace {

template <class M>
void show(ctl::StatusView& view, Kind kind, const std::string& id, const M& message) {
    REQUIRE(ctl::take(view, {kind, id, ""}, topics::encode(message)));
}

const auto kNow = *topics::parse_rfc3339("2026-06-21T12:00:00Z");

std::string in_utc(topics::Timestamp at) {
    return topics::to_rfc3339(at).substr(11, 8);
}

}  // namespace

TEST_CASE("a house without news says that nothing is known") {
    const auto lines = ctl::status_lines({}, kNow, in_utc, 120);
    REQUIRE(lines.size() == 1);
    CHECK(lines.front() == "12:00:00  grid unknown");
}

TEST_CASE("house and EVSEs stand on a line each, with the reason") {
    ctl::StatusView view;
    topics::GridReading grid;
    grid.source = "garage";
    grid.power_w = -1240;
    grid.current_a[0] = -1.8;
    show(view, Kind::grid, "", grid);
    topics::EvseState state;
    state.state = topics::Iec61851::C;
    state.power_w = 7100;
    show(view, Kind::evse_state, "garage", state);
    topics::ControlEvse control;
    control.mode = topics::ChargeMode::solar;
    control.target_current_a = 10.4;
    control.reason.code = "surplus";
    control.reason.text = "Follows the surplus.";
    show(view, Kind::control_evse, "garage", control);

    const auto lines = ctl::status_lines(view, kNow, in_utc, 120);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "12:00:00  grid export 1.24 kW (-1.8/–/– A)");
    CHECK(lines[1] == "  garage     charging    7.10 kW  is to get 10.4 A  solar: Follows the surplus.");
}

TEST_CASE("what the EVSE has stands before what it is to get") {
    ctl::StatusView view;
    topics::ControlEvse control;
    control.target_current_a = 16;
    control.reason.text = "Why.";
    show(view, Kind::control_evse, "garage", control);
    topics::EvseApplied applied;
    applied.current_a = 6;
    applied.result = topics::ApplyResult::fallback;
    show(view, Kind::evse_applied, "garage", applied);
    CHECK(ctl::status_lines(view, kNow, in_utc, 120)[1] ==
          "  garage      may 6.0 A  is to get 16.0 A  off: Why.");
    applied.current_a = 16;
    applied.result = topics::ApplyResult::written;
    show(view, Kind::evse_applied, "garage", applied);
    CHECK(ctl::status_lines(view, kNow, in_utc, 120)[1] == "  garage      may 16.0 A  off: Why.");
    applied.result = topics::ApplyResult::failed;
    show(view, Kind::evse_applied, "garage", applied);
    CHECK(ctl::status_lines(view, kNow, in_utc, 120)[1] == "  garage      is to get 16.0 A  off: Why.");
}

TEST_CASE("the last event stands below with its time") {
    ctl::StatusView view;
    topics::Event event;
    event.time = kNow - std::chrono::seconds(70);
    event.code = "grid_lost";
    event.text = "no grid";
    event.service = "controller";
    show(view, Kind::event, "", event);
    CHECK(ctl::status_lines(view, kNow, in_utc, 120)[1] == "  11:58:50  no grid");
}

TEST_CASE("a line is never wider than the terminal, counted in characters") {
    ctl::StatusView view;
    topics::GridReading grid;
    grid.source = "garage";
    grid.power_w = 0;
    grid.current_a[0] = 0;
    show(view, Kind::grid, "", grid);
    const auto line = ctl::status_lines(view, kNow, in_utc, 38).front();
    CHECK(line == "12:00:00  grid import 0.00 kW (0.0/–/–");
}

TEST_CASE("a broken message changes nothing") {
    ctl::StatusView view;
    CHECK_FALSE(ctl::take(view, {Kind::grid, "", ""}, "{\"power_w\":"));
    CHECK_FALSE(view.grid);
}
