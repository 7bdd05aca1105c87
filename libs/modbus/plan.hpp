#pragma once

#include "modbus/connection.hpp"

#include <span>
#include <vector>

namespace sunherd::modbus {

/// Registers that stand together.
struct Block {
    Table table = Table::holding;
    std::uint16_t address = 0;
    std::uint16_t count = 0;  ///< 1 … 125
    int end() const { return address + count; }
    bool operator==(const Block&) const = default;
};

/// A gap as large as this costs less to read over than another request costs.
constexpr int kLargestGap = 16;

/// The fewest requests that cover all blocks: neighbours of one table are joined over gaps of up to
/// kLargestGap registers, up to 125 registers each. No block is cut. In order of table and address.
std::vector<Block> plan(std::span<const Block> wanted);

}  // namespace sunherd::modbus
