#include "service/throttle.hpp"

#include <utility>

namespace sunherd::service {

std::optional<std::uint64_t> Throttle::admit(const std::string& key, Time now) {
    auto found = said_.find(key);
    if (found == said_.end() && said_.size() >= kMaxKeys) {
        std::erase_if(said_, [&](const auto& entry) { return now - entry.second.last >= period_; });
        if (said_.size() >= kMaxKeys) {
            found = said_.find({});  // all that don't fit share the empty key
            if (found == said_.end()) {
                said_.emplace(std::string(), Said{.last = now});
                return 0;
            }
        }
    }
    if (found == said_.end()) {
        said_.emplace(key, Said{.last = now});
        return 0;
    }
    auto& said = found->second;
    if (now - said.last < period_) {
        ++said.swallowed;
        return std::nullopt;
    }
    said.last = now;
    return std::exchange(said.swallowed, 0);
}

}  // namespace sunherd::service
