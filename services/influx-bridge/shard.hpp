#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sunherd::influx {

/// Of a fleet, the sites that one bridge writes: those whose name's number, modulo `count`, is `index`. All
/// shards together have each site once.
struct Shard {
    std::uint32_t index = 0;
    std::uint32_t count = 1;

    /// Of `2/3`: the second of three. Absent where there is no such one.
    static std::optional<Shard> parse(std::string_view text);
    bool has(std::string_view site) const;
};

}  // namespace sunherd::influx
