#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

/// Energy from power and counters. Pure; time comes with the readings.
namespace sunherd::energy {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

/// Of energy that went to an EVSE: which parts came from where, 0 to 1; what is missing to 1 is not known.
struct Mix {
    double sun = 0;
    double battery = 0;
    double grid = 0;
    bool operator==(const Mix&) const = default;
};

/// Energy that flowed within one bucket of time.
struct Flow {
    Moment bucket{};  ///< its start
    double energy_wh = 0;
    double sun_wh = 0;
    double battery_wh = 0;
    double grid_wh = 0;

    template <class Self, class Visitor>
    static void describe(Self& m, Visitor& field) {
        field("bucket", m.bucket);
        field("energy_wh", m.energy_wh);
        field("sun_wh", m.sun_wh);
        field("battery_wh", m.battery_wh);
        field("grid_wh", m.grid_wh);
    }
    bool operator==(const Flow&) const = default;
    void add(const Flow& more);
    void scale(double factor);
};

struct Bucket {
    Moment start{};
    Moment end{};  ///< > start
};
using Buckets = std::function<Bucket(Moment)>;

/// How much flowed and when, of one direction of one device. Its counter says how much, its power when: what
/// the power gives between two movements of the counter is scaled to what the counter says. Without a
/// counter, while it doesn't move, where it begins anew or jumps to what can't be true, the power alone
/// counts. What comes out is never taken back: what was settled by power is taken off what the counter says
/// later.
class EnergyMeter {
  public:
    /// What lies further apart is a silence, unless a device is asked less often.
    static constexpr double kLongestGapS = 60;
    struct Reading {
        Moment time{};
        /// Since the reading before, by a clock that nobody sets; absent after a restart. Where it
        /// contradicts `time`, the clock was set, or a device was silent while readings waited.
        std::optional<double> elapsed_s{};
        std::optional<double> power_w{};  ///< what is negative counts as 0
        std::optional<double> counter_wh{};
        Mix mix{};
        double longest_gap_s = kLongestGapS;  ///< over which the power is taken for the mean of both ends
    };
    /// What lies between two readings.
    struct Passed {
        double seconds = 0;  ///< whatever was done to the clock meanwhile
        bool silence = false;
        std::chrono::milliseconds clock_step{};  ///< by which the clock was set
    };
    /// All that has to survive a restart.
    struct State {
        std::optional<Moment> time{};
        std::optional<double> power_w{};
        std::optional<double> counter_wh{};
        std::optional<Moment> counted_at{};  ///< when the counter last moved, later by what was seen since
        std::vector<Flow> open{};            ///< not yet confirmed by the counter, in order of time
        std::optional<double> ahead_wh{};    ///< settled, but not yet counted by the counter

        template <class Self, class Visitor>
        static void describe(Self& m, Visitor& field) {
            field("time", m.time);
            field("power_w", m.power_w);
            field("counter_wh", m.counter_wh);
            field("counted_at", m.counted_at);
            field("open", m.open);
            field("ahead_wh", m.ahead_wh);
        }
        bool operator==(const State&) const = default;
    };

    /// most_w: more can't flow.
    explicit EnergyMeter(double most_w) : most_w_(most_w) {}
    /// Goes on from a state of before.
    EnergyMeter(double most_w, State state) : most_w_(most_w), state_(std::move(state)) {}

    /// What is now settled, at most one flow for each bucket.
    std::vector<Flow> add(const Reading& reading, const Buckets& buckets);
    /// From the reading before to this one, which is not added yet.
    Passed since_last(const Reading& reading) const;
    /// What is open is settled as the power has it.
    std::vector<Flow> settle();
    /// Another counter, or another device: the next counter is where counting begins.
    void forget_counter() {
        state_.counter_wh.reset();
        forget_ahead();
    }
    /// Nothing of what is settled will ever be counted by the counter.
    void forget_ahead() { state_.ahead_wh.reset(); }

    const State& state() const { return state_; }

  private:
    void add_power(const Reading& reading, const Passed& passed, const Buckets& buckets);
    std::vector<Flow> follow_counter(const Reading& reading, const Passed& passed, const Buckets& buckets);
    bool is_believable(double step_wh, Moment now) const;
    std::vector<Flow> settle_step(double step_wh, const Reading& reading, const Passed& passed,
                                  const Buckets& buckets);
    double take_off_ahead(double step_wh);

    double most_w_;
    State state_{};
};

/// Of all of them.
double sum_wh(const std::vector<Flow>& flows);

/// The same energy all over a span of time, bucket by bucket.
std::vector<Flow> spread(Moment from, Moment to, double energy_wh, const Mix& mix, const Buckets& buckets);

}  // namespace sunherd::energy
