#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sunherd::spool {

/// A record on disk: its length and a CRC-32 over length and content, 4 bytes each, little-endian; then the
/// content.
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kMostRecordBytes = 16U << 20;

/// Appends it to `text`.
void to_disk(std::string_view record, std::string& text);

struct Parsed {
    std::string_view record;
    std::size_t bytes = 0;  ///< of head and content
};
/// The record at the beginning of `data`; absent: torn or damaged.
std::optional<Parsed> from_disk(std::string_view data);
/// How many bytes the record at the beginning of `data` says to have; absent: no whole head.
std::optional<std::size_t> bytes_said(std::string_view data);

}  // namespace sunherd::spool
