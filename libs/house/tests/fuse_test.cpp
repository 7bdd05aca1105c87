#include "house/fuse.hpp"

#include <catch2/catch.hpp>

using sunherd::house::Fuse;

namespace {

/// Seconds until 100 %, at most `limit_s`; the limit where it holds.
double trips_after_s(double ratio, double limit_s) {
    Fuse fuse(25);
    for (int second = 0; second < limit_s; ++second) {
        fuse.step(1, {0, -25 * ratio, 0});
        if (fuse.heat_pct() >= 100) {
            return second;
        }
    }
    return limit_s;
}

}  // namespace

TEST_CASE("a fuse carries 1.13 times its current for ever") {
    CHECK(trips_after_s(1.13, 24 * 3600) == 24 * 3600);
}

TEST_CASE("a fuse trips within the hour at 1.45 times its current, and faster the more flows") {
    const double slow = trips_after_s(1.45, 3600);
    const double fast = trips_after_s(2, 3600);
    const double fastest = trips_after_s(5, 3600);
    CHECK(slow < 3600);
    CHECK(slow > 60);
    CHECK(fast < slow);
    CHECK(fastest < fast);
}

TEST_CASE("a fuse cools down again") {
    Fuse fuse(25);
    fuse.step(300, {50, 0, 0});
    const double hot = fuse.heat_pct();
    fuse.step(600, {0, 0, 0});
    CHECK(fuse.heat_pct() < hot / 2);
}
