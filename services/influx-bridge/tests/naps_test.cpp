#include "naps.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using sunherd::influx::Naps;

namespace {

struct Thread {
    Naps naps;
    Naps::Steady::time_point now{1h};
    bool more = false;
    int looks = 0;

    /// A message that is taken so long after the one before.
    bool naps_after(std::chrono::microseconds wait) {
        now += wait;
        const bool due = naps.due(now, [this] {
            ++looks;
            return more;
        });
        now += due ? Naps::kNap : 0ms;
        naps.went_back(now);
        return due;
    }
    int naps_of(int messages, std::chrono::microseconds wait) {
        int taken = 0;
        for (int message = 0; message < messages; ++message) {
            taken += naps_after(wait) ? 1 : 0;
        }
        return taken;
    }
};

}  // namespace

TEST_CASE("behind a message that was waited for comes a nap, behind those that were there none") {
    Thread thread;
    CHECK(thread.naps_after(1ms));
    CHECK(thread.naps_of(30, 20us) == 0);
    CHECK(thread.naps_after(1ms));
}

TEST_CASE("a thread that is slow, not idle, never naps, and does not look often whether it is") {
    Thread thread;
    thread.more = true;
    CHECK(thread.naps_of(1000, 500us) == 0);
    CHECK(thread.looks <= 500 / 30 + 1);
    thread.more = false;
    CHECK(thread.naps_of(200, 500us) > 0);
}

TEST_CASE("where very many come together there is no nap for a second") {
    Thread thread;
    CHECK(thread.naps_after(1ms));
    thread.naps_of(100, 20us);
    CHECK_FALSE(thread.naps_after(1ms));
    CHECK(thread.naps_of(998, 1ms) == 0);
    CHECK(thread.naps_of(2, 1ms) > 0);
}
