#include "line_protocol.hpp"

#include "parsed_line.hpp"
#include "topics/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

using namespace sunherd;
using influx::ParsedLine;
using topics::Kind;

namespace {

const auto kTime = *topics::parse_rfc3339("2026-06-21T10:15:30.250Z");
constexpr auto kStamp = " 1782036930250";

/// The topic that a message of this kind comes on.
std::string topic_of(const topics::Parsed& topic) {
    auto name = "sunherd/home/" + std::string(topics::pattern(topic.kind));
    if (const auto at = name.find("{id}"); at != std::string::npos) {
        name.replace(at, 4, topic.id);
    }
    if (const auto at = name.find("{name}"); at != std::string::npos) {
        name.replace(at, 6, topic.name);
    }
    return name;
}

tl::expected<std::string, std::string> to_line(const topics::Parsed& topic, const std::string& payload) {
    influx::LineWriter writer({.wall_connector = false});
    std::string out;
    const auto lines = writer.append(topic_of(topic), payload, out);
    if (!lines) {
        CHECK(out.empty());
        return tl::unexpected(lines.error());
    }
    REQUIRE(*lines == 1);
    REQUIRE(out.back() == '\n');
    out.pop_back();
    return out;
}

std::string line_of(const topics::Parsed& topic, const std::string& payload) {
    const auto line = to_line(topic, payload);
    INFO(payload);
    REQUIRE(line);
    return *line;
}

topics::Event event(const std::string& code, const std::string& text) {
    topics::Event event;
    event.time = kTime;
    event.seq = 7;
    event.code = code;
    event.text = text;
    event.service = "controller";
    return event;
}

/// All examples of the contract that are data, with the topic they might have come on.
std::vector<std::pair<topics::Parsed, std::string>> examples() {
    std::vector<std::pair<topics::Parsed, std::string>> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(SUNHERD_SOURCE_DIR "/proto-topics/examples")) {
        const auto file = entry.path().filename().string();
        for (const auto& mapping : influx::mappings()) {
            if (file.starts_with(std::string(topics::schema_name(mapping.kind)) + '.')) {
                std::ifstream in(entry.path());
                all.push_back({{mapping.kind, "one", ""}, {std::istreambuf_iterator<char>(in), {}}});
            }
        }
    }
    return all;
}

std::string printed(const std::string& text) {
    std::string out = text;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return out;
}

}  // namespace

TEST_CASE("a reading becomes one line: reals as floats also where they are whole, counts as integers") {
    topics::GridReading grid;
    grid.time = kTime;
    grid.seq = 42;
    grid.source = "garage";
    grid.power_w = -1500;
    grid.current_a[0] = -2.5;
    grid.current_a[2] = 3;
    CHECK(line_of({Kind::grid, "", ""}, topics::encode(grid)) ==
          std::string(
              "grid,site=home,source=garage seq=42i,power_w=-1500.0,current_a_l1=-2.5,current_a_l3=3.0") +
              kStamp);
}

TEST_CASE("a foreign sender's whole number is a float all the same") {
    CHECK(line_of({Kind::battery, "cellar", ""},
                  R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"power_w":1500,"soc_pct":50})") ==
          std::string("battery,site=home,id=cellar seq=1i,power_w=1500,soc_pct=50") + kStamp);
}

TEST_CASE("texts are escaped, and can forge neither field nor line") {
    CHECK(line_of({Kind::event, "", ""},
                  topics::encode(event("odd\ncode,=\\", "say \"hi\" \\ \nforged,field=1"))) ==
          std::string(R"(event,site=home,severity=info,code=odd_code\,\=_,service=controller seq=7i,)"
                      R"(text="say \"hi\" \\  forged,field=1")") +
              kStamp);
}

TEST_CASE("events of one moment about two devices stay two points") {
    auto one = event("lease_over", "one");
    auto other = event("lease_over", "other");
    one.device = "left";
    other.device = "right";
    const ParsedLine left(line_of({Kind::event, "", ""}, topics::encode(one)));
    const ParsedLine right(line_of({Kind::event, "", ""}, topics::encode(other)));
    CHECK(left.time == right.time);
    CHECK(left.tags != right.tags);
}

TEST_CASE("strings of an inverter carry their number") {
    topics::PvReading pv;
    pv.time = kTime;
    pv.seq = 1;
    pv.strings = {{1, 800.0, {}, {}}, {2, 700.5, {}, {}}};
    const ParsedLine line(line_of({Kind::pv, "roof", ""}, topics::encode(pv)));
    CHECK(line.fields.at("strings_1_power_w") == "800.0");
    CHECK(line.fields.at("strings_2_power_w") == "700.5");
}

TEST_CASE("a bad payload is refused with its reason, a command is no data") {
    CHECK_FALSE(to_line({Kind::grid, "", ""}, "{}"));
    CHECK_FALSE(to_line({Kind::grid, "", ""}, "nonsense"));
    CHECK_FALSE(to_line({Kind::site_command, "", "mode"}, "solar"));
}

TEST_CASE("what InfluxDB can't hold costs no batch: counts are capped, times beyond its range are refused") {
    topics::EvseApplied applied;
    applied.time = kTime;
    applied.epoch = std::numeric_limits<std::uint64_t>::max();
    const ParsedLine line(line_of({Kind::evse_applied, "garage", ""}, topics::encode(applied)));
    CHECK(line.fields.at("epoch") == "9223372036854775807i");
    topics::EvseInfo info;
    info.time = kTime;
    info.connector = -1;
    CHECK(line_of({Kind::evse_info, "garage", ""}, topics::encode(info)).find("connector=-1i") !=
          std::string::npos);
    for (const auto* time : {"9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"}) {
        auto odd = event("odd", "time");
        odd.time = *topics::parse_rfc3339(time);
        CHECK_FALSE(to_line({Kind::event, "", ""}, topics::encode(odd)));
    }
}

TEST_CASE("every example of the contract becomes a line, and no field changes its type from one to another") {
    std::map<std::string, char> types;
    std::set<Kind> kinds;
    for (const auto& [topic, payload] : examples()) {
        kinds.insert(topic.kind);
        const ParsedLine line(line_of(topic, payload));
        for (const auto& [name, value] : line.fields) {
            const auto field = line.measurement + '.' + name;
            INFO(field << " = " << value);
            const auto type = influx::type_of(value);
            CHECK(types.emplace(field, type).first->second == type);
            CHECK(type != '?');
        }
    }
    CHECK(kinds.size() == influx::mappings().size());
}

TEST_CASE("whatever texts an event has, it is one line that reads back as it was") {
    CHECK(rc::check([] {
        const auto any_text = rc::gen::container<std::string>(
            rc::gen::weightedOneOf<char>({{3, rc::gen::elementOf(std::string("\\\", =\n\r\t'#"))},
                                          {2, rc::gen::inRange<char>(0x01, 0x7f)}}));
        auto message = event(*any_text, *any_text);
        message.device = *any_text;
        const auto line = to_line({Kind::event, "", ""}, topics::encode(message));
        RC_ASSERT(line.has_value());
        RC_ASSERT(line->find('\n') == std::string::npos);
        const ParsedLine parsed(*line);
        RC_ASSERT(parsed.measurement == "event");
        RC_ASSERT(parsed.fields.size() == 2U);
        RC_ASSERT(parsed.fields.at("seq") == "7i");
        RC_ASSERT(parsed.fields.at("text") == '"' + printed(message.text) + '"');
        RC_ASSERT(parsed.tags.size() ==
                  3U + (message.code.empty() ? 0 : 1) + (message.device->empty() ? 0 : 1));
        RC_ASSERT(' ' + parsed.time == kStamp);
    }));
}

TEST_CASE("the page for people names every measurement") {
    std::ifstream in(SUNHERD_SOURCE_DIR "/docs/telemetry.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    for (const auto& [topic, payload] : examples()) {
        const ParsedLine line(line_of(topic, payload));
        INFO(line.measurement);
        CHECK(page.find("| `" + line.measurement + "` | `") != std::string::npos);
    }
}

TEST_CASE("what is written straight from JSON is what the codec would have made of it") {
    // Mutilated examples: whatever is read as plain is valid, and comes to the same fields.
    const auto all = examples();
    int straight_ones = 0;
    CHECK(rc::check([&] {
        auto [topic, payload] = *rc::gen::elementOf(all);
        const auto changes = *rc::gen::inRange(0, 4);
        for (int i = 0; i < changes && !payload.empty(); ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, payload.size());
            switch (*rc::gen::inRange(0, 4)) {
                case 0:
                    payload.erase(at, *rc::gen::inRange<std::size_t>(1, 12));
                    break;
                case 1:
                    payload.insert(at, payload.substr(at, *rc::gen::inRange<std::size_t>(1, 30)));
                    break;
                case 2:
                    payload[at] = *rc::gen::inRange<char>(0x00, 0x7f);
                    break;
                default:
                    payload.insert(at, *rc::gen::elementOf(std::vector<std::string>{
                                           "1e5", "-0", "null", "true", "\\u0000", "\"x\":1,", "00",
                                           "9999999999999999999"}));
            }
        }
        const auto& mapping = *std::find_if(influx::mappings().begin(), influx::mappings().end(),
                                            [&](const auto& each) { return each.kind == topic.kind; });
        influx::JsonFieldsReader reader;
        influx::JsonFields straight;
        using enum influx::JsonFieldsReader::Manner;
        if (!reader.read(payload, *mapping.shape, mapping.tags, plain, straight)) {
            return;
        }
        ++straight_ones;
        const auto normal = mapping.normalize(payload);
        RC_ASSERT(normal.has_value());
        influx::JsonFields by_codec;
        RC_ASSERT(reader.read(*normal, *mapping.shape, mapping.tags, canonical, by_codec));
        RC_ASSERT(straight.time_ms == by_codec.time_ms);
        RC_ASSERT(straight.tags == by_codec.tags);
        const ParsedLine one("m " + straight.fields + " 1");
        const ParsedLine other("m " + by_codec.fields + " 1");
        RC_ASSERT(one.fields.size() == other.fields.size());
        for (const auto& [name, value] : one.fields) {
            const auto type = influx::type_of(value);
            RC_ASSERT(type == influx::type_of(other.fields.at(name)));
            const auto& same = other.fields.at(name);
            RC_ASSERT((type == 'f' ? std::stod(value) == std::stod(same) : value == same));
        }
    }));
    CHECK(straight_ones > 10);
}

TEST_CASE("which members are tags stands in the contract") {
    for (const auto& mapping : influx::mappings()) {
        std::ifstream in(SUNHERD_SOURCE_DIR "/proto-topics/schemas/" +
                         std::string(topics::schema_name(mapping.kind)) + ".schema.json");
        const auto schema = nlohmann::json::parse(in);
        std::set<std::string> tags;
        for (const auto& [name, property] : schema.at("properties").items()) {
            if (property.value("x-tag", false)) {
                tags.insert(name);
            }
        }
        INFO(mapping.measurement);
        CHECK(tags == std::set<std::string>(mapping.tags.begin(), mapping.tags.end()));
    }
}

TEST_CASE("an EVSE is also what dashboards of a Wall Connector look for") {
    topics::EvseState state;
    state.time = kTime;
    state.seq = 9;
    state.state = topics::Iec61851::C;
    state.current_a.phase = {15.5, 15.25, 16.0};
    state.voltage_v.phase = {230.5, 231.0, 229.5};
    state.session_energy_wh = 4200;
    state.session_duration_s = 1800.4;
    state.total_energy_wh = 123456;
    influx::LineWriter writer({.names = {{"garage", "Left garage"}}});
    std::string out;
    REQUIRE(writer.append("sunherd/home/evse/garage/state", topics::encode(state), out) == 3);
    const auto second = out.find('\n') + 1;
    CHECK(
        out.substr(second) ==
        std::string(
            "twc_vitals,charger_id=garage,charger_name=Left\\ garage,site=home vehicle_connected=true,"
            "contactor_closed=true,session_energy_wh=4200,vehicle_current_a=16,grid_v=230.5,voltageA_v=230.5,"
            "currentA_a=15.5,voltageB_v=231,currentB_a=15.25,voltageC_v=229.5,currentC_a=16,session_s=1800i,"
            "evse_state=11i") +
            kStamp +
            "\ntwc_lifetime,charger_id=garage,charger_name=Left\\ garage,site=home energy_wh=123456" +
            kStamp + "\n");
}

TEST_CASE("sessions and ComEd's prices have the names that dashboards know, too") {
    influx::LineWriter writer({});
    topics::Session session;
    session.time = kTime;
    session.session = "one";
    session.start_time = kTime - std::chrono::hours(1);
    session.end_time = kTime;
    session.duration_s = 3600;
    session.energy_wh = 7000.5;
    session.peak_power_w = 7400;
    session.cost = 1.25;
    std::string out;
    REQUIRE(writer.append("sunherd/home/session/garage/last", topics::encode(session), out) == 2);
    CHECK(out.substr(out.find('\n') + 1) ==
          std::string(
              "twc_session,charger_id=garage,charger_name=garage,site=home start_time=1782033330250i,"
              "end_time=1782036930250i,duration_s=3600i,energy_wh=7000.5,peak_power_w=7400,total_cost=1.25") +
              kStamp + "\n");
    topics::TariffNow tariff;
    tariff.time = kTime;
    tariff.currency = "USD";
    tariff.valid_from = *topics::parse_rfc3339("2026-06-21T10:15:00Z");
    tariff.energy_price_per_kwh = -0.25;
    tariff.hour_avg_per_kwh = 0.5;
    tariff.hour_min_per_kwh = -0.25;
    tariff.hour_max_per_kwh = 1;
    out.clear();
    REQUIRE(writer.append("sunherd/home/tariff/comed/now", topics::encode(tariff), out) == 4);
    CHECK(out.substr(out.find('\n') + 1) ==
          "comed_price,price_type=5min,site=home price_cents_kwh=-25 1782036900000\n"
          "comed_price,price_type=hourly_avg,site=home price_cents_kwh=50 1782036900000\n"
          "comed_price_hourly,site=home avg_price=50,min_price=-25,max_price=100 1782036900000\n");
    out.clear();
    CHECK(writer.append("sunherd/home/tariff/other/now", topics::encode(tariff), out) == 1);
}
