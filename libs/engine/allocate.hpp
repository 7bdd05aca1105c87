#pragma once

#include "engine/supply.hpp"

#include <algorithm>

namespace sunherd::engine {

/// Where a load's current may come from, the most urgent first.
enum class Source : std::uint8_t {
    any,                 ///< now: whatever is allowed
    minimum_or_surplus,  ///< eco: its minimum in any case, more from the sun
    surplus,             ///< solar: from the sun only
    excess,              ///< from what is exported beyond the threshold
};

/// One that wants current. All per wire.
struct Load {
    Path path{};
    double min_a = 6;
    double max_a = 16;  ///< equal to `min_a`: all or nothing
    double step_a = 0.1;
    int priority = 1;  ///< 1 is the most important
    int rank = 0;      ///< among equals, by something that lasts, as the order of the list must not matter
    Source source = Source::any;
    Source urgency = Source::any;  ///< usually `source`; the more urgent first
    bool active = true;            ///< false: gets nothing, and is told what it could have

    double begin_room_a = 0;  ///< more than its minimum must be free before it begins
    double held_a = 0;        ///< kept free for it on fuses and limits, whatever it gets
    /// What it takes from the sun where it may have x: x, but no less and no more than these, by `sun_wires`.
    double sun_least_a = 0;
    double sun_most_a = kNoLimit;
    double sun_wires = 0;    ///< 0: as many as it has
    double sun_slack_a = 0;  ///< so little less than its minimum is no reason to end

    double sun_a(double current_a) const {
        const double per_wire_a = std::max(sun_least_a, std::min(current_a, sun_most_a));
        return per_wire_a * sun_weight();
    }
    double sun_weight() const { return sun_wires > 0 ? sun_wires : path.wire_count(); }
};

struct Allocation {
    double current_a = 0;    ///< 0 or from the minimum to the maximum
    double available_a = 0;  ///< the same; of an inactive load what it could have if it began now
    Bound bound{};           ///< what keeps it from more; none: its maximum
    double room_a = 0;       ///< fuses and limits have so much more for it
    Bound fuse_bound{};      ///< which of them
    double source_a = 0;     ///< so does its source; no limit for `Source::any`
    bool has_source = true;  ///< for its minimum
};

/// Who gets what. Pure; the workspace is kept so that deciding again allocates nothing.
class Allocator {
  public:
    const std::vector<Allocation>& run(const Supply& supply, const std::vector<Limit>& limits,
                                       const std::vector<Load>& loads, Distribution distribution);

  private:
    struct Share {
        const Load* load = nullptr;
        Allocation* result = nullptr;
        double current_a = 0;
        double gave_a = 0;  ///< for the minimum of another
        bool running = false;
        bool barred = false;  ///< no source is left for it
    };
    void order(const std::vector<Load>& loads);
    void hold();
    Room source_room(const Share& share) const;
    Room fuse_room(const Share& share) const;
    Room room(const Share& share) const;
    bool has_source(const Share& share) const;
    bool could_run(const Share& share) const;
    bool begin(Share& share);
    void end(Share& share);
    void raise(Share& share, double by_a);
    void fill(Share& share);
    void fill(Distribution distribution, Source source);
    void level_up();
    double room_together(std::size_t count);
    void minima_first(const Supply& supply, const std::vector<Limit>& limits, Distribution distribution);
    bool bar_without_source();
    void one_after_the_other(bool make_room);
    void make_room_for(std::size_t index);
    void round(bool evenly);
    void settle();

    Pool pool_;
    std::vector<Share> shares_;  // the most urgent and important first
    std::vector<Share*> rising_;
    std::vector<PerPhase> together_;  // wires of those that rise below each limit
    std::vector<Allocation> results_;
};

}  // namespace sunherd::engine
