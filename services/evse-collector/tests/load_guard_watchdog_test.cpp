#include "load_guard_watchdog.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace sunherd;
using namespace std::chrono_literals;
using Effect = LoadGuardWatchdog::Effect;
using Seen = LoadGuardWatchdog::Seen;
using State = LoadGuardWatchdog::State;

namespace {

/// A watchdog that is fed one poll a second.
struct Watched {
    explicit Watched(LoadGuardWatchdog::Options options) : watchdog(options) {}

    Effect poll(Seen seen) {
        now += 1s;
        return watchdog.step(seen, now);
    }
    /// Polls until it wants something; the seconds it took, or nothing within a day.
    std::optional<std::chrono::seconds> until(Effect wanted, Seen seen) {
        const auto begun = now;
        while (now - begun < 24h) {
            if (poll(seen) == wanted) {
                return std::chrono::duration_cast<std::chrono::seconds>(now - begun);
            }
        }
        return std::nullopt;
    }
    LoadGuardWatchdog watchdog;
    LoadGuardWatchdog::TimePoint now{1000s};
};

const LoadGuardWatchdog::Options kRestarting{
    .may_restart = true, .after = 60s, .first_pause = 300s, .longest_pause = 1000s};
const LoadGuardWatchdog::Options kOnlyTelling{.may_restart = false};

/// The polls that lead from the start to a state.
Watched brought_to(State state) {
    Watched it(kRestarting);
    it.poll(Seen::good);
    if (state == State::suspect) {
        it.poll(Seen::lost);
    } else if (state != State::healthy) {
        it.until(Effect::say_silent, Seen::lost);
    }
    if (state == State::blind) {
        it.poll(Seen::unreachable);
    } else if (state == State::recovering) {
        it.until(Effect::request_restart, Seen::lost);
    }
    REQUIRE(it.watchdog.state() == state);
    return it;
}

}  // namespace

TEST_CASE("two lost polls are nothing to speak of, a third is") {
    Watched it(kRestarting);
    CHECK(it.poll(Seen::lost) == Effect::none);
    CHECK(it.poll(Seen::lost) == Effect::none);
    CHECK(it.poll(Seen::good) == Effect::none);
    CHECK(it.poll(Seen::lost) == Effect::none);
    CHECK(it.poll(Seen::lost) == Effect::none);
    CHECK(it.poll(Seen::lost) == Effect::say_silent);
    CHECK(it.poll(Seen::lost) == Effect::none);
}

TEST_CASE("the first restart is asked for after the configured time, counted from the first lost poll") {
    Watched it(kRestarting);
    REQUIRE(it.until(Effect::say_silent, Seen::lost) == 3s);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 58s);
    CHECK(it.watchdog.tries() == 1);
}

TEST_CASE("pauses between tries double up to the longest") {
    auto it = brought_to(State::recovering);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 300s);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 600s);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 1000s);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 1000s);
    CHECK(it.watchdog.tries() == 5);
}

TEST_CASE("once it is back the next loss begins with the first pause again") {
    auto it = brought_to(State::recovering);
    it.until(Effect::request_restart, Seen::lost);
    CHECK(it.poll(Seen::good) == Effect::say_back);
    CHECK(it.watchdog.tries() == 0);
    REQUIRE(it.until(Effect::request_restart, Seen::lost) == 61s);
    CHECK(it.until(Effect::request_restart, Seen::lost) == 300s);
}

TEST_CASE("an unreachable master is never a reason to restart its Load Guard") {
    for (const auto state :
         {State::healthy, State::suspect, State::silent, State::blind, State::recovering}) {
        auto it = brought_to(state);
        INFO("from state " << static_cast<int>(state));
        CHECK_FALSE(it.until(Effect::request_restart, Seen::unreachable));
    }
}

TEST_CASE("after the master was away its Load Guard gets the whole time again") {
    auto it = brought_to(State::silent);
    for (int n = 0; n < 600; ++n) {
        it.poll(Seen::unreachable);
    }
    CHECK(it.until(Effect::request_restart, Seen::lost) == 61s);
}

TEST_CASE("the pause after a restart goes on while the master itself restarts") {
    auto it = brought_to(State::recovering);
    for (int n = 0; n < 120; ++n) {
        CHECK(it.poll(Seen::unreachable) == Effect::none);
    }
    CHECK(it.until(Effect::request_restart, Seen::lost) == 180s);
}

TEST_CASE("where no restart is configured it only says what happened") {
    Watched it(kOnlyTelling);
    CHECK(it.until(Effect::say_silent, Seen::lost) == 3s);
    CHECK_FALSE(it.until(Effect::request_restart, Seen::lost));
    CHECK(it.poll(Seen::good) == Effect::say_back);
}

TEST_CASE("every state but healthy is left when readings are back, and what was said silent is said back") {
    for (const auto state : {State::suspect, State::silent, State::blind, State::recovering}) {
        auto it = brought_to(state);
        INFO("from state " << static_cast<int>(state));
        const auto effect = it.poll(Seen::good);
        CHECK(effect == (state == State::suspect ? Effect::none : Effect::say_back));
        CHECK(it.watchdog.state() == State::healthy);
    }
    auto healthy = brought_to(State::healthy);
    healthy.poll(Seen::lost);
    CHECK(healthy.watchdog.state() == State::suspect);
}
