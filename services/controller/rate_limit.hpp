#pragma once

#include <chrono>
#include <map>
#include <string>

namespace sunherd::controller {

/// How many commands each source may send: so many at once, then so many a second; and all sources together a
/// little more, since anybody may call himself anything. No clock of its own.
class RateLimit {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    struct Rate {
        double at_once = 0;
        double per_second = 0;
    };
    static constexpr Rate kEach{100, 20};
    static constexpr Rate kAll{500, 100};
    static constexpr std::size_t kMostSources = 100;  ///< those beyond share one limit

    /// False: too many.
    bool take(const std::string& source, Moment now);

  private:
    struct Bucket {
        double left = 0;
        Moment at{};
    };
    static bool has_one(Bucket& bucket, const Rate& rate, Moment now);
    Bucket& bucket_of(const std::string& source, Moment now);

    Bucket all_{kAll.at_once};
    std::map<std::string, Bucket> each_;
};

}  // namespace sunherd::controller
