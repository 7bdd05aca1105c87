#include "modbus/frame.hpp"

#include "modbus/tests/scripted_server.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace sunherd::modbus;
using test::Bytes;

namespace {
constexpr std::uint16_t kTransaction = 0x018C;
constexpr std::uint8_t kUnit = 1;

auto parse(const Request& request, const Bytes& frame) {
    return parse_reply(request, kTransaction, kUnit, frame);
}
}  // namespace

TEST_CASE("a read is put on the wire as the standard has it") {
    CHECK(Request::read(Table::input, 0, 2).frame(1, 1) == Bytes{0, 1, 0, 0, 0, 6, 1, 4, 0, 0, 0, 2});
    CHECK(Request::read(Table::holding, 0x9C40, 125).frame(0xFFFF, 126) ==
          Bytes{0xFF, 0xFF, 0, 0, 0, 6, 126, 3, 0x9C, 0x40, 0, 125});
}

TEST_CASE("a write is put on the wire as it was seen in the field") {
    const std::vector<std::uint16_t> setpoint{0x4112, 0xCA40};  // 9.174377 A
    const auto request = WriteRequests::multiple(8, setpoint);
    CHECK(request.frame(kTransaction, 1) ==
          Bytes{0x01, 0x8C, 0, 0, 0, 0x0B, 0x01, 0x10, 0, 8, 0, 2, 4, 0x41, 0x12, 0xCA, 0x40});
    CHECK(parse(request, {0x01, 0x8C, 0, 0, 0, 6, 1, 0x10, 0, 8, 0, 2}).has_value());
    CHECK(parse(request, {0x01, 0x8C, 0, 0, 0, 6, 1, 0x10, 0, 9, 0, 2}).error().kind == ErrorKind::garbage);
    CHECK(parse(request, {0x01, 0x8C, 0, 0, 0, 6, 1, 0x10, 0, 8, 0, 1}).error().kind == ErrorKind::garbage);
    CHECK(WriteRequests::single(1074, 0xF060).frame(2, 255) ==
          Bytes{0, 2, 0, 0, 0, 6, 255, 6, 0x04, 0x32, 0xF0, 0x60});
}

TEST_CASE("a reply gives its registers only when every byte of the header is right") {
    const auto request = Request::read(Table::input, 2000, 2);
    const Bytes right{0x01, 0x8C, 0, 0, 0, 7, 1, 4, 4, 0x42, 0x48, 0x1E, 0xB8};
    REQUIRE(parse(request, right).value() == std::vector<std::uint16_t>{0x4248, 0x1EB8});
    for (std::size_t at = 0; at < 9; ++at) {
        Bytes wrong = right;
        wrong[at] ^= 0x40;
        INFO("byte " << at);
        REQUIRE_FALSE(parse(request, wrong));
        CHECK(parse(request, wrong).error().kind == ErrorKind::garbage);
    }
}

TEST_CASE("a reply that is too short or too long is none, wherever it is cut") {
    const auto request = Request::read(Table::input, 2000, 2);
    Bytes frame{0x01, 0x8C, 0, 0, 0, 7, 1, 4, 4, 0x42, 0x48, 0x1E, 0xB8, 0, 0};
    for (std::size_t size = 0; size <= frame.size(); ++size) {
        const Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(parse(request, cut).has_value() == (size == 13));
    }
}

TEST_CASE("exceptions are told apart: refused by the device, or its gateway hears nothing from it") {
    const auto request = Request::read(Table::holding, 0, 1);
    const auto fault = [&](std::uint8_t code) {
        return parse(request, {0x01, 0x8C, 0, 0, 0, 3, 1, 0x83, code}).error();
    };
    CHECK(fault(2).kind == ErrorKind::exception);
    CHECK(fault(2).exception == 2);
    CHECK(fault(2).text == "exception 2 (illegal data address)");
    CHECK(fault(99).text == "exception 99");
    CHECK(fault(10).kind == ErrorKind::silent);
    CHECK(fault(11).kind == ErrorKind::silent);
    CHECK(fault(11).exception == 11);
}

TEST_CASE("random and damaged replies never pass for another device's or request's answer") {
    std::mt19937 random(20260621);  // NOLINT: the same replies in each run
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random()) % limit; };
    const auto request = Request::read(Table::input, 14, 6);
    Bytes right{0x01, 0x8C, 0, 0, 0, 15, 1, 4, 12};
    right.resize(21, 0x11);
    int accepted = 0;
    for (int i = 0; i < 50'000; ++i) {
        Bytes frame = right;
        if (below(4) == 0) {
            frame.resize(below(260));
        }
        for (unsigned changes = below(4); changes > 0 && !frame.empty(); --changes) {
            frame[below(static_cast<unsigned>(frame.size()))] = static_cast<std::uint8_t>(below(256));
        }
        if (const auto registers = parse(request, frame)) {
            ++accepted;
            REQUIRE(registers->size() == 6);
            REQUIRE(std::equal(frame.begin(), frame.begin() + 9, right.begin()));
        }
    }
    CHECK(accepted > 1000);
}
