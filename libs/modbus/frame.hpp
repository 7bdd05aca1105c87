#pragma once

#include "modbus/connection.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Modbus/TCP frames as bytes, without any I/O. Source: MODBUS Messaging on TCP/IP 1.0b, Application
/// Protocol 1.1b3.
namespace sunherd::modbus {

constexpr std::uint16_t kMostRegistersRead = 125;
constexpr std::uint16_t kMostRegistersWritten = 123;

/// What is asked of a device. Only a read can be made by whoever links the reading library: the makers of
/// writes are defined in the writing library alone.
class Request {
  public:
    static Request read(Table table, std::uint16_t address, std::uint16_t count);

    std::uint8_t function() const { return pdu_.front(); }
    /// The frame on the wire: seven bytes of header, then the PDU.
    std::vector<std::uint8_t> frame(std::uint16_t transaction, std::uint8_t unit) const;
    const std::vector<std::uint8_t>& pdu() const { return pdu_; }
    /// `read input 2000+26`
    const std::string& text() const { return text_; }

  private:
    friend struct WriteRequests;
    Request(std::vector<std::uint8_t> pdu, std::string text) : pdu_(std::move(pdu)), text_(std::move(text)) {}

    std::vector<std::uint8_t> pdu_;
    std::string text_;
};

/// Makes writes; defined in the writing library.
struct WriteRequests {
    static Request multiple(std::uint16_t address, std::span<const std::uint16_t> values);
    static Request single(std::uint16_t address, std::uint16_t value);
};

/// Why a frame isn't the answer to a request. `text` without endpoint and request.
struct ReplyFault {
    ErrorKind kind = ErrorKind::garbage;
    int exception = 0;
    std::string text;
};

/// The registers that a reply carries (none for a write), after every byte of its header and its echo was
/// checked. Exceptions 10 and 11 come from a gateway whose device doesn't answer: kind silent.
tl::expected<std::vector<std::uint16_t>, ReplyFault> parse_reply(const Request& request,
                                                                 std::uint16_t transaction, std::uint8_t unit,
                                                                 std::span<const std::uint8_t> frame);

/// `illegal data address` for 2; empty where the standard has no name.
std::string_view exception_name(int code);

}  // namespace sunherd::modbus
