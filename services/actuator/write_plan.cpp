#include "write_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace sunherd::actuator {
namespace {

constexpr double kSameA = 0.05;
constexpr double kToleratedA = 0.5;
constexpr std::chrono::seconds kPatience{10};
constexpr std::array<std::chrono::seconds, 4> kPauses{std::chrono::seconds(1), std::chrono::seconds(2),
                                                      std::chrono::seconds(3), std::chrono::seconds(5)};

bool same(const std::optional<double>& a, double b) {
    return a && std::abs(*a - b) < kSameA;
}

}  // namespace

bool WritePlan::is_written(double current_a) const {
    return same(written_a_, current_a);
}

Moment WritePlan::due_at(double current_a) const {
    if (is_written(current_a)) {
        return *written_at_ + refresh_;
    }
    // A lower value than the one that just failed must not wait for its pause.
    const bool paused = try_again_at_ && tried_a_ && current_a > *tried_a_ - kSameA;
    return paused ? *try_again_at_ : Moment::min();
}

bool WritePlan::is_due(double current_a, Moment now) const {
    return !writing_a_ && now >= due_at(current_a);
}

std::optional<Moment> WritePlan::next_at(double current_a) const {
    return writing_a_ ? std::nullopt : std::optional(due_at(current_a));
}

void WritePlan::began(double current_a) {
    writing_a_ = current_a;
}

void WritePlan::succeeded(Moment now) {
    written_a_ = std::exchange(writing_a_, std::nullopt);
    written_at_ = now;
    tried_a_.reset();
    try_again_at_.reset();
    failures_ = 0;
}

void WritePlan::failed(Moment now) {
    tried_a_ = std::exchange(writing_a_, std::nullopt);
    written_a_.reset();
    try_again_at_ =
        now + kPauses.at(std::min<std::size_t>(static_cast<std::size_t>(failures_++), kPauses.size() - 1));
}

void WritePlan::rejected(Moment now) {
    tried_a_ = std::exchange(writing_a_, std::nullopt);
    written_a_.reset();
    try_again_at_ = now + refresh_;
}

void Obedience::wrote(double current_a, Moment now) {
    if (told_.empty() || told_.back().current_a != current_a) {
        told_.push_back({current_a, now});
    }
}

Obedience::Verdict Obedience::observe(double in_force_a, Moment now) {
    while (told_.size() > 1 && now - told_[1].at >= kPatience) {
        told_.pop_front();
    }
    if (told_.empty() || now - told_.front().at < kPatience) {
        return Verdict::unchanged;
    }
    const auto highest = std::ranges::max(told_, {}, &Told::current_a);
    const bool before = std::exchange(disobeys_, in_force_a > highest.current_a + kToleratedA);
    return disobeys_ == before ? Verdict::unchanged : disobeys_ ? Verdict::disobeys : Verdict::obeys_again;
}

Refusal::Verdict Refusal::refused(double current_a) {
    const bool known = lowest_a_.has_value();
    lowest_a_ = std::min(lowest_a_.value_or(current_a), current_a);
    return known ? Verdict::unchanged : Verdict::begins;
}

Refusal::Verdict Refusal::accepted(double current_a) {
    if (!lowest_a_ || current_a < *lowest_a_ - kSameA) {
        return Verdict::unchanged;
    }
    lowest_a_.reset();
    return Verdict::ends;
}

}  // namespace sunherd::actuator
