#include "rate_limit.hpp"

#include <algorithm>

namespace sunherd::controller {

bool RateLimit::has_one(Bucket& bucket, const Rate& rate, Moment now) {
    if (bucket.at != Moment{}) {
        const double seconds = std::chrono::duration<double>(now - bucket.at).count();
        bucket.left = std::min(rate.at_once, bucket.left + seconds * rate.per_second);
    }
    bucket.at = now;
    return bucket.left >= 1;
}

RateLimit::Bucket& RateLimit::bucket_of(const std::string& source, Moment now) {
    if (const auto known = each_.find(source); known != each_.end()) {
        return known->second;
    }
    if (each_.size() >= kMostSources) {  // whoever was silent for long needs no memory of it
        const auto full_again = std::chrono::duration<double>(kEach.at_once / kEach.per_second);
        std::erase_if(each_, [&](const auto& each) { return now - each.second.at >= full_again; });
    }
    const bool room = each_.size() < kMostSources;
    return each_.try_emplace(room ? source : std::string("others"), Bucket{kEach.at_once}).first->second;
}

bool RateLimit::take(const std::string& source, Moment now) {
    Bucket& bucket = bucket_of(source, now);
    if (!has_one(bucket, kEach, now) || !has_one(all_, kAll, now)) {
        return false;
    }
    bucket.left -= 1;
    all_.left -= 1;
    return true;
}

}  // namespace sunherd::controller
