#include "spool/record.hpp"

#include <boost/crc.hpp>

#include <utility>

namespace sunherd::spool {
namespace {

void put(std::string& to, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        to.push_back(static_cast<char>(value >> shift & 0xFFU));
    }
}

std::uint32_t get(std::string_view from) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    }
    return value;
}

std::uint32_t checksum(std::string_view length, std::string_view content) {
    boost::crc_32_type crc;
    crc.process_bytes(length.data(), length.size());
    crc.process_bytes(content.data(), content.size());
    return crc.checksum();
}

}  // namespace

std::string to_disk(std::string_view record) {
    std::string text;
    text.reserve(kHeadBytes + record.size());
    put(text, static_cast<std::uint32_t>(record.size()));
    put(text, checksum(text, record));
    text.append(record);
    return text;
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
