#include "topics/codec.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::topics;
using Catch::Matchers::Contains;

namespace {

template <class M>
std::string refusal(std::string_view payload) {
    const auto decoded = decode<M>(payload);
    return decoded ? "accepted" : decoded.error().text;
}

std::string command_refusal(std::string_view payload) {
    const auto decoded = decode_command(payload);
    return decoded ? "accepted" : decoded.error().text;
}

/// An `evse/{id}/state` with one more member.
std::string state_with(const std::string& member) {
    return R"({"time":"2026-06-21T10:15:30.250Z","seq":1,"state":"C",)" + member + "}";
}

std::string setpoint_with(const std::string& seq, const std::string& ttl_ms) {
    return R"({"time":"2026-06-21T10:15:30.250Z","epoch":1,"current_a":6,"fallback_current_a":0,"seq":)" +
           seq + R"(,"ttl_ms":)" + ttl_ms + "}";
}

std::string nested(std::size_t levels) {
    return state_with("\"x\":" + std::string(levels, '[') + std::string(levels, ']'));
}

}  // namespace

TEST_CASE("a refusal says where, what was expected and what came") {
    CHECK(refusal<EvseState>(state_with(R"("power_w":"3680")")) ==
          "power_w: expected a number, got a string");
    CHECK(refusal<EvseState>(state_with(R"("power_w":null)")) == "power_w: expected a number, got null");
    CHECK(refusal<EvseState>(state_with(R"("current_a":[1,2,3])")) ==
          "current_a: expected an object, got an array");
    CHECK(refusal<EvseState>(state_with(R"("current_a":{"L1":true})")) ==
          "current_a.L1: expected a number, got a boolean");
    CHECK(refusal<EvseState>(state_with(R"("current_a":{"L4":1})")) == "current_a.L4: unknown field");
    CHECK(refusal<EvseState>(state_with(R"("status":5)")) == "status: expected a string, got a number");
    CHECK(refusal<PvReading>(R"({"time":"2026-06-21T10:15:30Z","seq":1,"strings":[{"id":1},{"id":"2"}]})") ==
          "strings[1].id: expected a whole number, got a string");
    CHECK(
        refusal<ServiceStatus>(
            R"({"time":"2026-06-21T10:15:30Z","seq":1,"status":"online","version":"1","devices":{"a":{}}})") ==
        "devices.a.health: missing, it is required");
    CHECK(refusal<EvseState>(R"({"time":"2026-06-21T10:15:30Z","seq":1,"state":"G"})") ==
          "state: expected one of A B C D E F");
    CHECK(refusal<EvseState>(R"({"time":"yesterday","seq":1,"state":"C"})") ==
          "time: expected a time like 2026-06-21T10:15:30.250Z");
    CHECK(refusal<EvseState>(R"({"seq":1,"state":"C"})") == "time: missing, it is required");
    CHECK(refusal<EvseState>("{}") == "time: missing, it is required");
}

TEST_CASE("what is no JSON object is refused") {
    CHECK(refusal<EvseState>("") == "empty, expected a JSON object");
    CHECK(refusal<EvseState>("[]") == "expected an object, got an array");
    CHECK(refusal<EvseState>("16") == "expected an object, got a number");
    CHECK(refusal<EvseState>("null") == "expected an object, got null");
    CHECK(refusal<EvseState>("solar") == "not JSON: syntax error at byte 1");
    CHECK(refusal<EvseState>(state_with("\"power_w\":1,")) == "not JSON: syntax error at byte 68");
    CHECK_THAT(refusal<EvseState>(state_with("\"status\":\"\xff\"")), Contains("not JSON"));
    CHECK_THAT(refusal<EvseState>(state_with(R"("power_w":NaN)")), Contains("not JSON"));
    CHECK_THAT(refusal<EvseState>(state_with(R"("power_w":1)") + "{}"), Contains("not JSON"));
    CHECK_THAT(refusal<EvseState>(state_with(R"("power_w":1e999)")), Contains("beyond what a double holds"));
}

TEST_CASE("a NUL byte does not end a message early") {
    const auto good = state_with(R"("power_w":1)");
    CHECK_THAT(refusal<EvseState>(good + std::string("\0garbage", 8)), Contains("NUL"));
    CHECK_THAT(refusal<EvseState>(std::string(1, '\0')), Contains("NUL"));
}

TEST_CASE("size is checked before anything is read") {
    const std::string padding(kMaxPayloadBytes, ' ');
    const auto good = state_with(R"("power_w":1)");
    CHECK(refusal<EvseState>(good + padding.substr(good.size())) == "accepted");
    CHECK(refusal<EvseState>(good + padding) == "longer than 65536 bytes");
    CHECK(refusal<EvseState>(std::string(1024 * 1024, '{')) == "longer than 65536 bytes");
}

TEST_CASE("nesting that would overflow a stack is refused unparsed") {
    CHECK(refusal<EvseState>(nested(30'000)) == "nested deeper than 8 levels");
    CHECK(refusal<EvseState>(std::string(60'000, '[')) == "nested deeper than 8 levels");
    CHECK(refusal<EvseState>(nested(8)) == "nested deeper than 8 levels");
    CHECK(refusal<EvseState>(nested(7)) == "x: unknown field");
    CHECK(refusal<EvseState>(state_with(R"("status":"[[[[[[[[[[\"[[[[[[[[[[")")) == "accepted");
}

TEST_CASE("a field that stands twice or that nobody knows is refused") {
    CHECK(refusal<EvseState>(state_with(R"("power_w":1,"power_w":2)")) ==
          "power_w: stands twice in one object");
    CHECK(refusal<EvseState>(state_with(R"("current_a":{"L1":1,"L1":2})")) ==
          "L1: stands twice in one object");
    CHECK(refusal<EvseState>(state_with(R"("power":1)")) == "power: unknown field");
    CHECK(refusal<EvseState>(state_with("\"\x1b\":1")) != "accepted");
    CHECK(refusal<EvseState>(state_with(R"("\u001b[31m":1)")) == "?[31m: unknown field");
    CHECK(refusal<EvseState>(state_with('"' + std::string(5000, 'k') + "\":1")).size() < 100);
}

TEST_CASE("the same name in two objects is not a duplicate") {
    CHECK(refusal<EvseState>(state_with(R"("current_a":{"L1":1},"voltage_v":{"L1":230})")) == "accepted");
}

TEST_CASE("a whole number never wraps and never loses a fraction") {
    CHECK(refusal<EvseSetpoint>(setpoint_with("18446744073709551615", "2147483647")) == "accepted");
    CHECK(refusal<EvseSetpoint>(setpoint_with("18446744073709551616", "1")) ==
          "seq: expected a whole number from 0 to 18446744073709551615");
    CHECK_THAT(refusal<EvseSetpoint>(setpoint_with("-1", "1")), Contains("seq: expected a whole number"));
    CHECK_THAT(refusal<EvseSetpoint>(setpoint_with("1.5", "1")), Contains("seq: expected a whole number"));
    CHECK(refusal<EvseSetpoint>(setpoint_with("1", "2147483648")) ==
          "ttl_ms: expected a whole number from -2147483648 to 2147483647");
    CHECK_THAT(refusal<EvseSetpoint>(setpoint_with("1", "1e30")),
               Contains("ttl_ms: expected a whole number"));
    CHECK_THAT(refusal<EvseSetpoint>(setpoint_with("1", "true")),
               Contains("ttl_ms: expected a whole number"));
}

TEST_CASE("text is limited") {
    CHECK(refusal<EvseState>(state_with("\"status\":\"" + std::string(4096, 's') + '"')) == "accepted");
    CHECK(refusal<EvseState>(state_with("\"status\":\"" + std::string(4097, 's') + '"')) ==
          "status: expected at most 4096 bytes");
}

TEST_CASE("a command that can't be understood is refused with the reason") {
    CHECK_THAT(command_refusal(""), Contains("expected a JSON object, a number"));
    CHECK_THAT(command_refusal(" \n"), Contains("expected a JSON object, a number"));
    CHECK_THAT(command_refusal(std::string(257, 'w')), Contains("at most 256 printable"));
    CHECK_THAT(command_refusal("so\x01lar"), Contains("printable"));
    CHECK_THAT(command_refusal(std::string("solar\0", 6)), Contains("printable"));
    CHECK_THAT(command_refusal("\xc3\xbc"), Contains("printable"));
    CHECK(command_refusal("null") == "value: expected a word, a number, true or false, got null");
    CHECK(command_refusal("[16]") == "value: expected a word, a number, true or false, got an array");
    CHECK(command_refusal("{\"value\":{}}") ==
          "value: expected a word, a number, true or false, got an object");
    CHECK(command_refusal("{}") == "value: missing, it is required");
    CHECK(command_refusal("{\"value\":1,\"value\":2}") == "value: stands twice in one object");
    CHECK_THAT(command_refusal("{\"value\":1"), Contains("not JSON"));
    CHECK_THAT(command_refusal("\"solar"), Contains("not JSON"));
    CHECK(command_refusal("{\"value\":1,\"until\":\"tomorrow\"}") ==
          "until: expected a time like 2026-06-21T10:15:30.250Z");
}
