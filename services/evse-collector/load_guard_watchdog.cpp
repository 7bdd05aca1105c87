#include "load_guard_watchdog.hpp"

#include <algorithm>

namespace sunherd {

namespace {
constexpr int kPollsToBelieveALoss = 3;
}

// Pairs that are not listed change nothing.
const std::array<LoadGuardWatchdog::Transition, 11> LoadGuardWatchdog::kTransitions{{
    {State::healthy, Event::lost, State::suspect, Effect::none},

    {State::suspect, Event::good, State::healthy, Effect::none},
    {State::suspect, Event::unreachable, State::healthy, Effect::none},
    {State::suspect, Event::confirmed, State::silent, Effect::say_silent},

    {State::silent, Event::good, State::healthy, Effect::say_back},
    {State::silent, Event::unreachable, State::blind, Effect::none},
    {State::silent, Event::due, State::recovering, Effect::request_restart},

    // A master that was away was perhaps restarting: its Load Guard gets the whole time again.
    {State::blind, Event::good, State::healthy, Effect::say_back},
    {State::blind, Event::lost, State::silent, Effect::none},

    // The restart may be the master's own: that it is unreachable meanwhile says nothing.
    {State::recovering, Event::good, State::healthy, Effect::say_back},
    {State::recovering, Event::due, State::recovering, Effect::request_restart},
}};

LoadGuardWatchdog::Effect LoadGuardWatchdog::step(Seen seen, TimePoint now) {
    lost_polls_ = seen == Seen::lost ? lost_polls_ + 1 : 0;
    const Event event = classify(seen, now);
    const auto* transition = std::find_if(kTransitions.begin(), kTransitions.end(), [&](const Transition& t) {
        return t.from == state_ && t.event == event;
    });
    if (transition == kTransitions.end()) {
        return Effect::none;
    }
    if (transition->effect == Effect::request_restart) {
        ++tries_;
    }
    if (transition->to != state_ || transition->effect == Effect::request_restart) {
        enter(transition->to, now);
    }
    return transition->effect;
}

LoadGuardWatchdog::Event LoadGuardWatchdog::classify(Seen seen, TimePoint now) const {
    if (seen != Seen::lost) {
        return seen == Seen::good ? Event::good : Event::unreachable;
    }
    const auto wait = state_ == State::recovering ? pause() : options_.after;
    if (options_.may_restart && (state_ == State::silent || state_ == State::recovering) &&
        now - entered_ >= wait) {
        return Event::due;
    }
    return lost_polls_ >= kPollsToBelieveALoss ? Event::confirmed : Event::lost;
}

void LoadGuardWatchdog::enter(State next, TimePoint now) {
    // The wait for the first try counts from the first lost poll, not from when the loss was believed.
    if (!(state_ == State::suspect && next == State::silent)) {
        entered_ = now;
    }
    if (next == State::healthy) {
        tries_ = 0;
    }
    state_ = next;
}

std::chrono::seconds LoadGuardWatchdog::pause() const {
    auto pause = options_.first_pause;
    for (int n = 1; n < tries_ && pause < options_.longest_pause; ++n) {
        pause *= 2;
    }
    return std::min(pause, options_.longest_pause);
}

}  // namespace sunherd
