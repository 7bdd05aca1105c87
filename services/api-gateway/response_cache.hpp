#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace sunherd::api {

/// Answers that cost something to make, as long as the database is what it was. One thread's.
class ResponseCache {
  public:
    static constexpr std::size_t kMost = 64;

    /// nullptr: to be made.
    std::shared_ptr<const std::string> find(const std::string& key, std::int64_t generation) const {
        const auto found = entries_.find(key);
        return found != entries_.end() && found->second.generation == generation ? found->second.body
                                                                                 : nullptr;
    }
    void put(const std::string& key, std::int64_t generation, std::shared_ptr<const std::string> body) {
        if (entries_.size() >= kMost && !entries_.contains(key)) {
            entries_.clear();
        }
        entries_[key] = {generation, std::move(body)};
    }

  private:
    struct Entry {
        std::int64_t generation = 0;
        std::shared_ptr<const std::string> body;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace sunherd::api
