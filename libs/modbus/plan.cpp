#include "modbus/plan.hpp"

#include "modbus/frame.hpp"

#include <algorithm>
#include <tuple>

namespace sunherd::modbus {

std::vector<Block> plan(std::span<const Block> wanted) {
    std::vector<Block> sorted(wanted.begin(), wanted.end());
    std::sort(sorted.begin(), sorted.end(), [](const Block& a, const Block& b) {
        return std::tuple(a.table, a.address, a.count) < std::tuple(b.table, b.address, b.count);
    });
    std::vector<Block> requests;
    for (const Block& block : sorted) {
        if (!requests.empty()) {
            Block& last = requests.back();
            const int joined = std::max(last.end(), block.end()) - last.address;
            if (last.table == block.table && block.address <= last.end() + kLargestGap &&
                joined <= kMostRegistersRead) {
                last.count = static_cast<std::uint16_t>(joined);
                continue;
            }
        }
        requests.push_back(block);
    }
    return requests;
}

}  // namespace sunherd::modbus
