#pragma once

#include "payload.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sunherd::ha {

/// Knows what is announced at the broker, and what has to be published to make it what it should be. Pure.
class Announcer {
  public:
    explicit Announcer(PayloadOptions options) : options_(std::move(options)) {}

    /// A retained announcement of this site that the broker has; an empty payload: it is gone.
    void found(const std::string& topic, const std::string& payload);
    bool has(const std::string& topic) const { return announced_.contains(topic); }
    /// Device and key of every entity that is announced.
    std::set<std::pair<std::string, std::string>> known() const;

    /// All retained. An entity that goes from a
    /// device that stays is first emptied, as Home Assistant wants it; where single entities become a device,
    /// they migrate.
    Publishes to_publish(const std::vector<Device>& devices);
    /// Everything again, as it is.
    Publishes again() const;

  private:
    PayloadOptions options_;
    Announcements announced_;
};

}  // namespace sunherd::ha
