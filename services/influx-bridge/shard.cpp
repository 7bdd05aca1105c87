#include "shard.hpp"

#include <charconv>

namespace sunherd::influx {

std::optional<Shard> Shard::parse(std::string_view text) {
    std::uint32_t number = 0;
    std::uint32_t count = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, number);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '/') {
        return std::nullopt;
    }
    const auto second = std::from_chars(first.ptr + 1, end, count);
    if (second.ec != std::errc{} || second.ptr != end || number < 1 || number > count) {
        return std::nullopt;
    }
    return Shard{.index = number - 1, .count = count};
}

/// FNV-1a: the same in every build, so that shards agree.
bool Shard::has(std::string_view site) const {
    std::uint32_t hash = 2166136261U;
    for (const char c : site) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return hash % count == index;
}

}  // namespace sunherd::influx
