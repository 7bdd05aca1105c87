#pragma once

#include "lease.hpp"

#include <deque>

namespace sunherd::actuator {

/// When a device's current is written: at once when it changes, again before the device forgets, and again
/// with short pauses while it fails. Pure.
class WritePlan {
  public:
    explicit WritePlan(std::chrono::seconds refresh) : refresh_(refresh) {}

    bool is_due(double current_a, Moment now) const;
    /// When to look again, if the order stays the same; absent while a write is under way.
    std::optional<Moment> next_at(double current_a) const;
    /// Whether the same value stands in the device already: writing it is a refresh.
    bool is_written(double current_a) const;

    void began(double current_a);
    void succeeded(Moment now);
    /// Not reached, or nobody knows: counts as not written, and is written again.
    void failed(Moment now);
    /// The device finds this value too high: neither it nor a higher one is tried before the next refresh.
    void rejected(Moment now);
    /// The write never began.
    void abandoned() { writing_a_.reset(); }
    /// What stands in the device is in doubt.
    void forget() { written_a_.reset(); }

    std::optional<double> written_a() const { return written_a_; }
    std::optional<Moment> written_at() const { return written_at_; }
    bool is_writing() const { return writing_a_.has_value(); }

  private:
    Moment due_at(double current_a) const;

    std::chrono::seconds refresh_;
    std::optional<double> writing_a_;
    std::optional<double> written_a_;  ///< stands in the device, as far as anybody knows
    std::optional<Moment> written_at_;
    std::optional<double> tried_a_;  ///< the last one that failed or was rejected
    std::optional<Moment> try_again_at_;
    int failures_ = 0;
};

/// Whether a device keeps to what was written, by the limit it reports as in force. It gets some seconds to
/// follow: what it reports is held against the highest value written lately. Pure.
class Obedience {
  public:
    enum class Verdict { unchanged, disobeys, obeys_again };

    /// Also of a write that failed: it may have arrived.
    void wrote(double current_a, Moment now);
    Verdict observe(double in_force_a, Moment now);

  private:
    struct Told {
        double current_a = 0;
        Moment at{};
    };
    std::deque<Told> told_;  ///< the first is the one in force when the device's time to follow began
    bool disobeys_ = false;
};

/// Whether a device refuses currents; says so once, and once when it takes one as high again. Pure.
class Refusal {
  public:
    enum class Verdict { unchanged, begins, ends };
    Verdict refused(double current_a);
    Verdict accepted(double current_a);

  private:
    std::optional<double> lowest_a_;  ///< refused
};

}  // namespace sunherd::actuator
