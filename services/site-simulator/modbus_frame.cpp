#include "modbus_frame.hpp"

#include "house/noise.hpp"

#include <algorithm>

namespace sunherd::simulator {
namespace {

constexpr std::uint16_t kMostRead = 125;
constexpr std::uint16_t kMostWritten = 123;

std::uint16_t word_at(const Bytes& bytes, std::size_t index) {
    return static_cast<std::uint16_t>(bytes.at(index) << 8U | bytes.at(index + 1));
}

void put(Bytes& bytes, std::uint16_t word) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

tl::expected<void, std::uint8_t> parse_write_multiple(const Bytes& pdu, Request& request) {
    const std::size_t bytes = std::size_t{2} * request.count;
    if (request.count == 0 || request.count > kMostWritten || pdu.size() != 6 + bytes || pdu[5] != bytes) {
        return tl::unexpected(kIllegalValue);
    }
    for (std::size_t i = 0; i < request.count; ++i) {
        request.values.push_back(word_at(pdu, 6 + 2 * i));
    }
    return {};
}

Bytes garbage(std::uint64_t chance) {
    Bytes bytes(5 + house::mix(chance) % 40);
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(house::mix(++chance) & 0xFFU);
    }
    return bytes;
}

void shorten_by_one_register(Bytes& bytes) {
    if (bytes.size() >= kHeaderBytes + 4 && bytes[7] < 0x80U) {
        bytes.resize(bytes.size() - 2);
        bytes[8] = static_cast<std::uint8_t>(bytes[8] - 2);
        bytes[5] = static_cast<std::uint8_t>(bytes.size() - 6);
    }
}

/// The seven header bytes and the function, where they shall lie.
void falsify(Bytes& bytes, const Faults& faults) {
    if (faults.has(Fault::wrong_transaction)) {
        bytes[1] = static_cast<std::uint8_t>(bytes[1] + 1);
    }
    if (faults.has(Fault::wrong_protocol)) {
        bytes[2] = 0x12;
        bytes[3] = 0x34;
    }
    if (faults.has(Fault::wrong_length)) {
        bytes[4] = 0x13;  // 5000
        bytes[5] = 0x88;
    }
    if (faults.has(Fault::wrong_unit)) {
        bytes[6] = static_cast<std::uint8_t>(bytes[6] + 1);
    }
    if (faults.has(Fault::wrong_function)) {
        bytes[7] = static_cast<std::uint8_t>(bytes[7] ^ 0x07U);
    }
}

std::chrono::milliseconds milliseconds(double value) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::clamp(value, 0.0, 600000.0)));
}

}  // namespace

Header parse_header(const Bytes& bytes) {
    return {word_at(bytes, 0), word_at(bytes, 2), word_at(bytes, 4), bytes.at(6)};
}

tl::expected<void, std::uint8_t> parse_request(const Header& header, const Bytes& pdu, Request& request) {
    request.transaction = header.transaction;
    request.unit = header.unit;
    request.function = pdu.empty() ? std::uint8_t{0} : pdu[0];
    const bool known =
        request.is_read() || request.function == kWriteSingle || request.function == kWriteMultiple;
    if (!known) {
        return tl::unexpected(kIllegalFunction);
    }
    if (pdu.size() < 5) {
        return tl::unexpected(kIllegalValue);
    }
    request.address = word_at(pdu, 1);
    if (request.function == kWriteSingle) {
        request.count = 1;
        request.values = {word_at(pdu, 3)};
        return {};
    }
    request.count = word_at(pdu, 3);
    if (request.is_read()) {
        if (request.count == 0 || request.count > kMostRead) {
            return tl::unexpected(kIllegalValue);
        }
        return {};
    }
    return parse_write_multiple(pdu, request);
}

Bytes encode(const Request& request, const Answer& answer) {
    Bytes bytes;
    put(bytes, request.transaction);
    put(bytes, 0);
    put(bytes, 0);
    bytes.push_back(request.unit);
    if (!answer) {
        bytes.push_back(static_cast<std::uint8_t>(request.function | 0x80U));
        bytes.push_back(answer.error());
    } else if (request.is_read()) {
        bytes.push_back(request.function);
        bytes.push_back(static_cast<std::uint8_t>(2 * answer->size()));
        for (const auto word : *answer) {
            put(bytes, word);
        }
    } else {
        bytes.push_back(request.function);
        put(bytes, request.address);
        put(bytes, request.function == kWriteSingle ? request.values.at(0) : request.count);
    }
    bytes[5] = static_cast<std::uint8_t>((bytes.size() - 6) & 0xFFU);
    bytes[4] = static_cast<std::uint8_t>((bytes.size() - 6) >> 8U);
    return bytes;
}

Reply bend(Bytes good, const Request& request, Faults& faults, std::uint64_t chance) {
    Reply reply;
    if (faults.has(Fault::silent) || (!request.is_read() && faults.has(Fault::lose_write_replies))) {
        return reply;
    }
    reply.bytes = faults.has(Fault::garbage) ? garbage(chance) : std::move(good);
    if (faults.has(Fault::few_registers) && request.is_read()) {
        shorten_by_one_register(reply.bytes);
    }
    if (!faults.has(Fault::garbage)) {
        falsify(reply.bytes, faults);
    }
    if (faults.has(Fault::twice)) {
        const Bytes once = reply.bytes;
        reply.bytes.insert(reply.bytes.end(), once.begin(), once.end());
    }
    if (faults.has(Fault::truncated)) {
        reply.bytes.resize(std::min<std::size_t>(reply.bytes.size(), 9));
    }
    if (faults.has(Fault::reset)) {
        reply.bytes.resize(std::min<std::size_t>(reply.bytes.size(), 5));
        reply.reset_after = true;
    }
    if (faults.has(Fault::slow)) {
        reply.delay = milliseconds(faults.value_or(Fault::slow, 1000));
    }
    if (faults.has(Fault::late)) {
        reply.delay = milliseconds(faults.value_or(Fault::late, 3000));
        faults.end(Fault::late);
    }
    if (faults.has(Fault::drip)) {
        reply.byte_gap = milliseconds(faults.value_or(Fault::drip, 400));
    }
    return reply;
}

}  // namespace sunherd::simulator
