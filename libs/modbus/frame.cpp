#include "modbus/frame.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sunherd::modbus {

namespace {

constexpr std::size_t kHeaderBytes = 7;
constexpr std::uint8_t kExceptionBit = 0x80;

void append16(std::vector<std::uint8_t>& bytes, unsigned value) {
    bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t index) {
    return static_cast<std::uint16_t>((bytes[index] << 8U) | bytes[index + 1]);
}

bool is_read(std::uint8_t function) {
    return function == 3 || function == 4;
}

tl::unexpected<ReplyFault> garbage(std::string_view what, int expected, int got) {
    std::string text = "answer with wrong ";
    text.append(what).append(": expected ").append(std::to_string(expected));
    text.append(", got ").append(std::to_string(got));
    return tl::unexpected(ReplyFault{ErrorKind::garbage, 0, std::move(text)});
}

tl::unexpected<ReplyFault> exception(int code) {
    const bool gateway = code == 10 || code == 11;
    std::string text = "exception " + std::to_string(code);
    if (const auto name = exception_name(code); !name.empty()) {
        text.append(" (").append(name).append(")");
    }
    return tl::unexpected(
        ReplyFault{gateway ? ErrorKind::silent : ErrorKind::exception, code, std::move(text)});
}

tl::expected<std::vector<std::uint16_t>, ReplyFault> parse_registers(const Request& request,
                                                                     std::span<const std::uint8_t> pdu) {
    const std::size_t expected_bytes = std::size_t{2} * word_at(request.pdu(), 3);
    if (pdu.size() < 2 || pdu[1] != expected_bytes || pdu.size() != 2 + expected_bytes) {
        return garbage("byte count", static_cast<int>(expected_bytes), pdu.size() < 2 ? 0 : pdu[1]);
    }
    std::vector<std::uint16_t> registers;
    registers.reserve(expected_bytes / 2);
    for (std::size_t at = 2; at < pdu.size(); at += 2) {
        registers.push_back(word_at(pdu, at));
    }
    return registers;
}

tl::expected<std::vector<std::uint16_t>, ReplyFault> parse_echo(const Request& request,
                                                                std::span<const std::uint8_t> pdu) {
    constexpr std::size_t kEchoBytes = 5;  // function, address, and value or count
    if (pdu.size() != kEchoBytes) {
        return garbage("size", kEchoBytes, static_cast<int>(pdu.size()));
    }
    for (const std::size_t at : {1U, 3U}) {
        if (word_at(pdu, at) != word_at(request.pdu(), at)) {
            return garbage(at == 1 ? "address" : "echo", word_at(request.pdu(), at), word_at(pdu, at));
        }
    }
    return std::vector<std::uint16_t>{};
}

}  // namespace

Request Request::read(Table table, std::uint16_t address, std::uint16_t count) {
    std::vector<std::uint8_t> pdu{static_cast<std::uint8_t>(table)};
    append16(pdu, address);
    append16(pdu, count);
    return {std::move(pdu), std::string(table == Table::input ? "read input " : "read holding ") +
                                std::to_string(address) + "+" + std::to_string(count)};
}

std::vector<std::uint8_t> Request::frame(std::uint16_t transaction, std::uint8_t unit) const {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(kHeaderBytes + pdu_.size());
    append16(bytes, transaction);
    append16(bytes, 0);
    append16(bytes, static_cast<unsigned>(pdu_.size() + 1));
    bytes.push_back(unit);
    bytes.insert(bytes.end(), pdu_.begin(), pdu_.end());
    return bytes;
}

tl::expected<std::vector<std::uint16_t>, ReplyFault> parse_reply(const Request& request,
                                                                 std::uint16_t transaction, std::uint8_t unit,
                                                                 std::span<const std::uint8_t> frame) {
    if (frame.size() < kHeaderBytes + 2) {
        return garbage("size", static_cast<int>(kHeaderBytes + 2), static_cast<int>(frame.size()));
    }
    if (word_at(frame, 0) != transaction) {
        return garbage("transaction", transaction, word_at(frame, 0));
    }
    if (word_at(frame, 2) != 0) {
        return garbage("protocol id", 0, word_at(frame, 2));
    }
    if (word_at(frame, 4) != frame.size() - 6) {
        return garbage("length", static_cast<int>(frame.size() - 6), word_at(frame, 4));
    }
    if (frame[6] != unit) {
        return garbage("unit", unit, frame[6]);
    }
    const auto pdu = frame.subspan(kHeaderBytes);
    if (pdu[0] == (request.function() | kExceptionBit) && pdu.size() == 2) {
        return exception(pdu[1]);
    }
    if (pdu[0] != request.function()) {
        return garbage("function", request.function(), pdu[0]);
    }
    return is_read(request.function()) ? parse_registers(request, pdu) : parse_echo(request, pdu);
}

std::string_view exception_name(int code) {
    using namespace std::string_view_literals;
    static constexpr std::array kNames{
        std::pair{1, "illegal function"sv},
        std::pair{2, "illegal data address"sv},
        std::pair{3, "illegal data value"sv},
        std::pair{4, "device failure"sv},
        std::pair{5, "acknowledge"sv},
        std::pair{6, "device busy"sv},
        std::pair{8, "memory parity error"sv},
        std::pair{10, "gateway path unavailable"sv},
        std::pair{11, "gateway target silent"sv},
    };
    const auto* found =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& name) { return name.first == code; });
    return found == kNames.end() ? std::string_view{} : found->second;
}

}  // namespace sunherd::modbus
