#include "topics/codec.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace sunherd::topics;
using namespace std::chrono_literals;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const Timestamp measured_at = *parse_rfc3339("2026-06-21T10:15:30.250Z");

EvseState charging() {
    EvseState state;
    state.time = measured_at;
    state.seq = 7;
    state.state = Iec61851::C;
    state.current_a.phase = {15.9, std::nullopt, 0.0};
    return state;
}

template <class M>
M again(const M& message) {
    const auto decoded = decode<M>(encode(message));
    INFO(encode(message));
    REQUIRE(decoded);
    return *decoded;
}

}  // namespace

TEST_CASE("JSON names fields in the order of the contract and leaves out what is unknown") {
    CHECK(encode(charging()) ==
          R"({"time":"2026-06-21T10:15:30.250Z","seq":7,"state":"C","current_a":{"L1":15.9,"L3":0.0}})");
}

TEST_CASE("a known zero is not an absent value") {
    const auto state = again(charging());
    CHECK(state.current_a[2] == 0.0);
    CHECK_FALSE(state.current_a[1]);
    CHECK_FALSE(state.power_w);
}

TEST_CASE("a number that is not finite is left out") {
    auto state = charging();
    state.power_w = kNan;
    state.total_energy_wh = std::numeric_limits<double>::infinity();
    state.current_a.phase = {kNan, 6.0, -std::numeric_limits<double>::infinity()};
    state.voltage_v.phase = {kNan, kNan, kNan};
    auto expected = charging();
    expected.current_a.phase = {std::nullopt, 6.0, std::nullopt};
    CHECK(again(state) == expected);
}

TEST_CASE("every shape of field comes back as it went") {
    PvReading pv{.time = measured_at,
                 .seq = 1,
                 .power_w = 4321.5,
                 .energy_wh = {},
                 .current_a = {},
                 .voltage_v = {},
                 .strings = {{.id = 1, .power_w = 2000.25, .voltage_v = {}, .current_a = {}},
                             {.id = 2, .power_w = {}, .voltage_v = 0.1, .current_a = {}}},
                 .state = InverterState::mppt};
    CHECK(again(pv) == pv);

    ServiceStatus status;
    status.status = Presence::online;
    status.version = "0.1.0";
    status.pid = 4711;
    status.devices["garage"] = {.health = Health::silent, .polls = 10, .errors = 3, .error = "no answer"};
    status.counters["published"] = std::numeric_limits<std::uint64_t>::max();
    CHECK(again(status) == status);

    EvseInfo info;
    info.profile = "etrel-inch";
    info.vendor = "Etrel";
    info.master = true;
    info.ports = PortLayout::charger_cluster;
    CHECK(again(info) == info);
}

TEST_CASE("text comes back whatever it holds, as far as it is text") {
    using namespace std::string_literals;
    Event event;
    event.text = "quote \" back \\ nul \0 tab \t ümlaut"s;
    CHECK(again(event) == event);

    event.text = "broken \xff\xfe utf-8";
    CHECK(again(event).text == "broken \xef\xbf\xbd\xef\xbf\xbd utf-8");
}

TEST_CASE("field order, white space and whole numbers for readings don't matter") {
    const auto state = decode<EvseState>(
        "\r\n { \"state\" : \"C\", \"power_w\" : 3680, "
        "\"seq\":1,\n\t\"time\":\"2026-06-21T12:15:30.250+02:00\"} ");
    REQUIRE(state);
    CHECK(state->power_w == 3680.0);
    CHECK(state->time == measured_at);
}

TEST_CASE("a command may be a bare value, as home automation sends it") {
    using V = CommandValue;
    const auto [payload, value] = GENERATE(table<std::string, CommandValue>({
        {"solar", V("solar")},
        {"16", V(16.0)},
        {"-3.5", V(-3.5)},
        {"1e3", V(1000.0)},
        {"true", V(true)},
        {"false", V(false)},
        {"\"now\"", V("now")},
        {"\"16\"", V("16")},
        {"\"\xc3\xbc\"", V("\xc3\xbc")},
        {" night\r\n", V("night")},
        {"ON", V("ON")},
        {"16A", V("16A")},
        {"+5", V("+5")},
        {"nan", V("nan")},
        {"car is away", V("car is away")},
        {"16}", V("16}")},
        {std::string(256, 'w'), V(std::string(256, 'w'))},
    }));
    CAPTURE(payload);
    const auto command = decode_command(payload);
    REQUIRE(command);
    CHECK(command->value == value);
    CHECK_FALSE(command->id);
}

TEST_CASE("a command may be an object that says more") {
    const auto command =
        decode_command(R"({"value":16,"id":"42","until":"2026-06-21T10:15:30.250Z","source":"phone"})");
    REQUIRE(command);
    CHECK(*command == Command{.value = 16.0, .id = "42", .until = measured_at, .source = "phone"});
    CHECK(again(*command) == *command);
}
