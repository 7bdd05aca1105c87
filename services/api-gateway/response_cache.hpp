#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace sunherd::api {

/// Answers that cost something to make, as long as the database is what it was. One thread's.
class ResponseCache {
  public:
    static constexpr std::size_t kMost = 64;

    /// Of the database: which opening of it, and its generation since.
    using Version = std::pair<std::int64_t, std::int64_t>;

    /// nullptr: to be made.
    std::shared_ptr<const std::string> find(const std::string& key, const Version& version) const {
        const auto found = entries_.find(key);
        return found != entries_.end() && found->second.version == version ? found->second.body : nullptr;
    }
    void put(const std::string& key, const Version& version, std::shared_ptr<const std::string> body) {
        if (entries_.size() >= kMost && !entries_.contains(key)) {
            entries_.clear();
        }
        entries_[key] = {version, std::move(body)};
    }

  private:
    struct Entry {
        Version version;
        std::shared_ptr<const std::string> body;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace sunherd::api
