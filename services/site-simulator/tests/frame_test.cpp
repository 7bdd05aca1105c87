#include "modbus_frame.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::simulator;

namespace {

/// A request as it comes over the wire.
tl::expected<Request, std::uint8_t> parsed(const Bytes& frame) {
    Request request;
    const Header header = parse_header(frame);
    const auto result = parse_request(header, Bytes(frame.begin() + kHeaderBytes, frame.end()), request);
    if (!result) {
        return tl::unexpected(result.error());
    }
    return request;
}

const Bytes read_two{0x00, 0x01, 0x00, 0x00, 0x00, 0x06, 0x01, 0x04, 0x00, 0x00, 0x00, 0x02};
const Bytes setpoint{0x01, 0x8C, 0x00, 0x00, 0x00, 0x0B, 0x01, 0x10, 0x00,
                     0x08, 0x00, 0x02, 0x04, 0x41, 0x12, 0xCA, 0x40};

Reply bent(Fault fault, std::optional<double> value = std::nullopt) {
    const auto request = parsed(read_two).value();
    Faults faults;
    faults.start(fault, value, std::nullopt);
    return bend(encode(request, Words{3, 1}), request, faults, 7);
}

const Bytes good{0x00, 0x01, 0x00, 0x00, 0x00, 0x07, 0x01, 0x04, 0x04, 0x00, 0x03, 0x00, 0x01};

}  // namespace

TEST_CASE("the reference page's frames are understood and answered byte by byte") {
    const auto read = parsed(read_two);
    REQUIRE(read);
    CHECK(read->is_read());
    CHECK(read->address == 0);
    CHECK(read->count == 2);
    CHECK(encode(*read, Words{3, 1}) == good);

    const auto write = parsed(setpoint);
    REQUIRE(write);
    CHECK(write->address == 8);
    CHECK(write->values == Words{0x4112, 0xCA40});
    CHECK(encode(*write, Words{}) ==
          Bytes{0x01, 0x8C, 0x00, 0x00, 0x00, 0x06, 0x01, 0x10, 0x00, 0x08, 0x00, 0x02});
    CHECK(encode(*write, tl::unexpected(std::uint8_t{12})) ==
          Bytes{0x01, 0x8C, 0x00, 0x00, 0x00, 0x03, 0x01, 0x90, 0x0C});
}

TEST_CASE("a single register is written with function 6 and echoed") {
    const auto write = parsed({0, 9, 0, 0, 0, 6, 0xFF, 0x06, 0x04, 0x32, 0xF0, 0x60});
    REQUIRE(write);
    CHECK(write->address == 1074);
    CHECK(write->values == Words{0xF060});
    CHECK(encode(*write, Words{}) == Bytes{0, 9, 0, 0, 0, 6, 0xFF, 0x06, 0x04, 0x32, 0xF0, 0x60});
}

TEST_CASE("requests that can't be are refused with the protocol's exceptions") {
    CHECK(parsed({0, 1, 0, 0, 0, 6, 1, 0x01, 0, 0, 0, 1}).error() == kIllegalFunction);
    CHECK(parsed({0, 1, 0, 0, 0, 6, 1, 0x03, 0, 0, 0, 0}).error() == kIllegalValue);
    CHECK(parsed({0, 1, 0, 0, 0, 6, 1, 0x03, 0, 0, 0, 126}).error() == kIllegalValue);
    CHECK(parsed({0, 1, 0, 0, 0, 4, 1, 0x03, 0, 0}).error() == kIllegalValue);
    CHECK(parsed({0, 1, 0, 0, 0, 9, 1, 0x10, 0, 8, 0, 2, 4, 0x41, 0x12}).error() == kIllegalValue);
}

TEST_CASE("each lie changes just what it says") {
    auto expect = good;
    SECTION("none") {
        CHECK(bent(Fault::frozen).bytes == good);
    }
    SECTION("unit") {
        expect[6] = 2;
        CHECK(bent(Fault::wrong_unit).bytes == expect);
    }
    SECTION("protocol") {
        expect[2] = 0x12;
        expect[3] = 0x34;
        CHECK(bent(Fault::wrong_protocol).bytes == expect);
    }
    SECTION("length 5000") {
        expect[4] = 0x13;
        expect[5] = 0x88;
        CHECK(bent(Fault::wrong_length).bytes == expect);
    }
    SECTION("transaction") {
        expect[1] = 2;
        CHECK(bent(Fault::wrong_transaction).bytes == expect);
    }
    SECTION("function") {
        expect[7] = 3;
        CHECK(bent(Fault::wrong_function).bytes == expect);
    }
    SECTION("one register too few, in itself right") {
        CHECK(bent(Fault::few_registers).bytes == Bytes{0, 1, 0, 0, 0, 5, 1, 4, 2, 0, 3});
    }
    SECTION("twice") {
        CHECK(bent(Fault::twice).bytes.size() == 2 * good.size());
    }
    SECTION("cut") {
        CHECK(bent(Fault::truncated).bytes == Bytes(good.begin(), good.begin() + 9));
    }
    SECTION("garbage, the same for the same chance") {
        CHECK(bent(Fault::garbage).bytes != good);
        CHECK(bent(Fault::garbage).bytes == bent(Fault::garbage).bytes);
    }
}

TEST_CASE("silence, delay, drip and reset are told to the connection") {
    CHECK(bent(Fault::silent).bytes.empty());
    CHECK(bent(Fault::slow, 250).delay == std::chrono::milliseconds(250));
    CHECK(bent(Fault::drip).byte_gap == std::chrono::milliseconds(400));
    CHECK(bent(Fault::reset).reset_after);
    CHECK(bent(Fault::reset).bytes.size() == 5);
}

TEST_CASE("a late reply comes once") {
    const auto request = parsed(read_two).value();
    Faults faults;
    faults.start(Fault::late, 2500, std::nullopt);
    CHECK(bend(good, request, faults, 1).delay == std::chrono::milliseconds(2500));
    CHECK(bend(good, request, faults, 2).delay.count() == 0);
}

TEST_CASE("only the replies to writes are lost") {
    Faults faults;
    faults.start(Fault::lose_write_replies, std::nullopt, std::nullopt);
    CHECK_FALSE(bend(good, parsed(read_two).value(), faults, 1).bytes.empty());
    CHECK(bend(good, parsed(setpoint).value(), faults, 1).bytes.empty());
}
