#include "spool/record.hpp"

#include <libdeflate.h>

#include <array>

namespace sunherd::spool {
namespace {

std::array<char, 4> bytes_of(std::uint32_t value) {
    return {static_cast<char>(value & 0xFFU), static_cast<char>(value >> 8U & 0xFFU),
            static_cast<char>(value >> 16U & 0xFFU), static_cast<char>(value >> 24U & 0xFFU)};
}

std::uint32_t get(std::string_view from) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    }
    return value;
}

std::uint32_t checksum(std::string_view length, std::string_view content) {
    return libdeflate_crc32(libdeflate_crc32(0, length.data(), length.size()), content.data(),
                            content.size());
}

}  // namespace

void to_disk(std::string_view record, std::string& text) {
    const auto length = bytes_of(static_cast<std::uint32_t>(record.size()));
    const auto sum = bytes_of(checksum({length.data(), length.size()}, record));
    text.append(length.data(), length.size());
    text.append(sum.data(), sum.size());
    text.append(record);
}

std::optional<std::size_t> bytes_said(std::string_view data) {
    return data.size() < kHeadBytes ? std::nullopt : std::optional(kHeadBytes + std::size_t{get(data)});
}

std::optional<Parsed> from_disk(std::string_view data) {
    const auto bytes = bytes_said(data);
    if (!bytes || *bytes > kHeadBytes + kMostRecordBytes || data.size() < *bytes) {
        return std::nullopt;
    }
    const auto content = data.substr(kHeadBytes, *bytes - kHeadBytes);
    if (checksum(data.substr(0, 4), content) != get(data.substr(4))) {
        return std::nullopt;
    }
    return Parsed{.record = content, .bytes = *bytes};
}

}  // namespace sunherd::spool
