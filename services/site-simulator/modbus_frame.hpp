#pragma once

#include "faults.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

/// Modbus/TCP by bytes, the server's side. Written out here and not taken from libmodbus, because it must
/// also be able to lie. Source: Modbus Application Protocol V1.1b3, Messaging on TCP/IP Implementation Guide
/// V1.0b.
namespace sunherd::simulator {

using Bytes = std::vector<std::uint8_t>;
using Words = std::vector<std::uint16_t>;

constexpr std::size_t kHeaderBytes = 7;

/// Exception codes.
constexpr std::uint8_t kIllegalFunction = 1;
constexpr std::uint8_t kIllegalAddress = 2;
constexpr std::uint8_t kIllegalValue = 3;
constexpr std::uint8_t kDeviceFailure = 4;
constexpr std::uint8_t kGatewayTargetSilent = 11;

constexpr std::uint8_t kReadHolding = 3;
constexpr std::uint8_t kReadInput = 4;
constexpr std::uint8_t kWriteSingle = 6;
constexpr std::uint8_t kWriteMultiple = 16;

struct Header {
    std::uint16_t transaction = 0;
    std::uint16_t protocol = 0;
    std::uint16_t length = 0;  ///< of what follows, with the unit
    std::uint8_t unit = 0;
};
Header parse_header(const Bytes& bytes);

struct Request {
    std::uint16_t transaction = 0;
    std::uint8_t unit = 0;
    std::uint8_t function = 0;
    std::uint16_t address = 0;
    std::uint16_t count = 0;
    Words values;  ///< of writes

    bool is_read() const { return function == kReadHolding || function == kReadInput; }
};

/// Registers of a read, nothing for a write, or an exception code.
using Answer = tl::expected<Words, std::uint8_t>;

/// `request` is filled as far as possible also where the frame is refused, so that the exception can be sent.
/// Knows functions 3, 4, 6, 16; another one is exception 1, a count or length that can't be true exception 3.
tl::expected<void, std::uint8_t> parse_request(const Header& header, const Bytes& pdu, Request& request);

Bytes encode(const Request& request, const Answer& answer);

/// What goes out on the wire, and how.
struct Reply {
    Bytes bytes;  ///< empty: never answered
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds byte_gap{0};  ///< 0: all at once
    bool reset_after = false;               ///< the connection breaks (RST)
};

/// Bends a good reply as the faults say. `chance`: any number, decides the garbage. `late` strikes once and
/// ends.
Reply bend(Bytes good, const Request& request, Faults& faults, std::uint64_t chance);

}  // namespace sunherd::simulator
