#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace sunherd::web {

/// Shared, since coroutines that stand still are destroyed last of all.
using Count = std::shared_ptr<std::size_t>;

/// So much of something that has a limit, as long as it lives.
class Held {
  public:
    explicit Held(Count count, std::size_t much = 1) : count_(std::move(count)), much_(much) {
        *count_ += much_;
    }
    ~Held() { *count_ -= much_; }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

  private:
    Count count_;
    std::size_t much_;
};

}  // namespace sunherd::web
