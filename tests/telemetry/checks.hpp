#pragma once

#include "support/bridge_rig.hpp"

#include <catch2/catch.hpp>

namespace sunherd::testing {

/// Of the numbered load everything is in the database, once; or everything but one message.
inline void check_stored(RealInflux& influx, std::uint64_t published, std::uint64_t but = 0,
                         std::chrono::seconds deadline = std::chrono::seconds(90)) {
    const auto points = published - (but > 0 ? 1 : 0);
    const auto found = await_stored(influx, points, deadline);
    INFO(found.points << " points of " << points << ", sum of their numbers " << found.sum);
    CHECK(found.points == points);
    CHECK(found.sum == published * (published + 1) / 2 - but);
}
inline void check_all_there(BridgeRig& rig, RealInflux& influx) {
    check_stored(influx, rig.load().published());
}

}  // namespace sunherd::testing
