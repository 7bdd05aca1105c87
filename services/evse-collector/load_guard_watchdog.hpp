#pragma once

#include <array>
#include <chrono>

namespace sunherd {

/// Decides when a Load Guard that its master no longer hears is to be restarted. Pure: time is an argument.
///
/// It acts only on what the master itself says: where the master does not answer either, nothing is known
/// about the Load Guard, and restarting it would be a guess.
class LoadGuardWatchdog {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    struct Options {
        bool may_restart = false;        ///< false: only says that it is gone and back
        std::chrono::seconds after{60};  ///< lost so long before the first try
        std::chrono::seconds first_pause{300};
        std::chrono::seconds longest_pause{3600};
    };

    /// What a poll showed.
    enum class Seen {
        good,         ///< the Load Guard's readings are there
        lost,         ///< the master answers, the Load Guard's readings are not there
        unreachable,  ///< the master does not answer
    };

    /// healthy; suspect: lost, but not often enough yet to say so; silent: said so, waits before the first
    /// try; blind: silent, and then the master went away too; recovering: a restart was asked for, waits for
    /// its effect.
    enum class State { healthy, suspect, silent, blind, recovering };

    enum class Effect { none, say_silent, request_restart, say_back };

    explicit LoadGuardWatchdog(Options options) : options_(options) {}

    Effect step(Seen seen, TimePoint now);
    State state() const { return state_; }
    /// Restarts asked for since it was healthy.
    int tries() const { return tries_; }
    /// How long it waits for the effect of the restart last asked for.
    std::chrono::seconds pause() const;

  private:
    /// What `seen` means in the present state; `confirmed` and `due` are a `lost` that counts for more.
    enum class Event { good, lost, confirmed, due, unreachable };
    struct Transition {
        State from;
        Event event;
        State to;
        Effect effect;
    };
    static const std::array<Transition, 11> kTransitions;

    Event classify(Seen seen, TimePoint now) const;
    void enter(State next, TimePoint now);

    Options options_;
    State state_ = State::healthy;
    TimePoint entered_{};  ///< when `suspect` or `recovering` began, or the wait for the first try
    int lost_polls_ = 0;
    int tries_ = 0;
};

}  // namespace sunherd
