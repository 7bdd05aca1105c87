#include "devices/grouped_read.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sunherd::devices {

namespace {

modbus::Block covering(const std::vector<modbus::Block>& group) {
    modbus::Block whole = group.front();
    for (const auto& block : group) {
        whole.count = static_cast<std::uint16_t>(std::max(whole.end(), block.end()) - whole.address);
    }
    return whole;
}

}  // namespace

bool is_illegal_address(const modbus::Error& error) {
    return error.kind == modbus::ErrorKind::exception && (error.exception == 2 || error.exception == 3);
}

GroupedRead::GroupedRead(std::vector<modbus::Block> wanted) : wanted_(std::move(wanted)) {
    std::sort(wanted_.begin(), wanted_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.table, a.address) < std::pair(b.table, b.address);
    });
    regroup();
}

void GroupedRead::reset() {
    if (!all_refused_) {
        regroup();
    }
}

void GroupedRead::regroup() {
    groups_.clear();
    for (const auto& request : modbus::plan(wanted_)) {
        Group group;
        std::copy_if(wanted_.begin(), wanted_.end(), std::back_inserter(group), [&](const auto& block) {
            return block.table == request.table && block.address >= request.address &&
                   block.end() <= request.end();
        });
        groups_.push_back(std::move(group));
    }
}

modbus::Result<void> GroupedRead::probe(modbus::ReadConnection& connection) {
    const auto& block = wanted_[probed_++ % wanted_.size()];
    if (auto words = connection.read(block.table, block.address, block.count); !words) {
        return tl::unexpected(std::move(words.error()));
    }
    all_refused_ = false;
    regroup();
    return {};
}

modbus::Result<Registers> GroupedRead::read(modbus::ReadConnection& connection) {
    if (all_refused_) {
        if (auto answered = probe(connection); !answered) {
            return tl::unexpected(std::move(answered.error()));
        }
    }
    Registers registers;
    bool any = false;
    std::optional<modbus::Error> failure;
    for (std::size_t i = 0; i < groups_.size();) {
        const auto whole = covering(groups_[i]);
        auto words = connection.read(whole.table, whole.address, whole.count);
        if (words) {
            registers.add(whole, *std::move(words));
            any = true;
            ++i;
            continue;
        }
        failure = std::move(words.error());
        if (is_illegal_address(*failure)) {
            Group group = std::move(groups_[i]);
            const auto here = groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(i));
            if (group.size() > 1) {
                const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
                groups_.insert(here, {Group(group.begin(), middle), Group(middle, group.end())});
            }
        } else if (failure->kind == modbus::ErrorKind::exception) {
            ++i;  // busy or the like: it answers, so the others are worth asking
        } else {
            break;
        }
    }
    all_refused_ = groups_.empty();
    if (!any) {
        return tl::unexpected(*std::move(failure));
    }
    return registers;
}

}  // namespace sunherd::devices
