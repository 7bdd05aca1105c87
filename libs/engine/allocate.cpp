#include "engine/allocate.hpp"

#include "engine/share.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace sunherd::engine {
namespace {

constexpr double kHairA = 1e-7;
constexpr int kRounds = 4;

constexpr double kMostA = 10'000;

bool is_between(double value, double least, double most) {
    return value >= least && value <= most;  // false for what is no number
}

bool makes_sense(const Load& load) {
    for (const double wires : load.path.wires) {
        if (!is_between(wires, 0, 3)) {
            return false;
        }
    }
    return is_between(load.path.wire_count(), 1, 9) && is_between(load.min_a, 1e-3, kMostA) &&
           is_between(load.max_a, load.min_a, kMostA) && is_between(load.step_a, 1e-3, kMostA) &&
           is_between(load.begin_room_a, 0, kMostA) && is_between(load.held_a, 0, kMostA) &&
           is_between(load.sun_least_a, 0, kMostA) && is_between(load.sun_most_a, 0, kNoLimit) &&
           is_between(load.sun_wires, 0, 9);
}

}  // namespace

const std::vector<Allocation>& Allocator::run(const Supply& supply, const std::vector<Limit>& limits,
                                              const std::vector<Load>& loads, Distribution distribution) {
    together_.resize(limits.size());
    order(loads);
    if (distribution == Distribution::strict || distribution == Distribution::optimized) {
        pool_.reset(supply, limits);
        hold();
        one_after_the_other(distribution == Distribution::optimized);
    } else {
        minima_first(supply, limits, distribution);
    }
    const bool in_order = distribution == Distribution::priority || distribution == Distribution::strict;
    if (!in_order || supply.discharge_a > 0) {
        round(distribution == Distribution::shared);
    }
    settle();
    return results_;
}

void Allocator::order(const std::vector<Load>& loads) {
    results_.assign(loads.size(), {});
    shares_.clear();
    for (std::size_t i = 0; i < loads.size(); ++i) {
        shares_.push_back({.load = &loads[i], .result = &results_[i]});
    }
    const auto key = [](const Share& share) {
        return std::make_tuple(share.load->urgency, share.load->priority, share.load->rank);
    };
    std::sort(shares_.begin(), shares_.end(),
              [&key](const Share& one, const Share& other) { return key(one) < key(other); });
}

/// What is kept for a load whatever it gets.
void Allocator::hold() {
    for (const auto& share : shares_) {
        const Load& load = *share.load;
        // What is off may still draw.
        if (!makes_sense(load) && !is_between(load.held_a, 1e-9, kMostA)) {
            continue;
        }
        if (load.held_a > 0) {
            pool_.take(load.path, load.held_a);
        }
        if (load.sun_least_a > 0) {
            pool_.take_sun(load.sun_a(0));
        }
    }
}

/// How much more it may have by its source; what fuses allow is another matter.
Room Allocator::source_room(const Share& share) const {
    const Load& load = *share.load;
    Room room;
    if (load.source == Source::minimum_or_surplus || load.source == Source::surplus) {
        room = pool_.surplus(load.path, load.sun_weight());
    } else if (load.source == Source::excess) {
        room = pool_.excess(load.path, load.sun_weight());
    }
    // One that draws less than it may gets no more for that.
    room.current_a -= share.current_a - load.sun_a(share.current_a) / load.sun_weight();
    return room;
}

Room Allocator::fuse_room(const Share& share) const {
    Room room = pool_.room(share.load->path);
    room.current_a += std::max(0.0, share.load->held_a - share.current_a);
    return room;
}

/// How much more it may get, running or not.
Room Allocator::room(const Share& share) const {
    Room room;
    room.lower(share.load->max_a - share.current_a, {});
    const Room fuse = fuse_room(share);
    room.lower(fuse.current_a, fuse.bound);
    const Room source = source_room(share);
    room.lower(source.current_a, source.bound);
    return room;
}

/// Is there a source for its minimum? Nothing is taken for it yet.
bool Allocator::has_source(const Share& share) const {
    const Load& load = *share.load;
    const double needed_a = load.min_a - kHairA - load.sun_slack_a;
    switch (load.source) {
        case Source::any:
        case Source::minimum_or_surplus:
            return true;
        case Source::surplus:
            return source_room(share).current_a >= needed_a;
        case Source::excess:
            return source_room(share).current_a > kHairA && pool_.exports(needed_a * load.sun_weight());
    }
    return false;
}

bool Allocator::could_run(const Share& share) const {
    const Load& load = *share.load;
    return makes_sense(load) && has_source(share) &&
           fuse_room(share).current_a >= load.min_a + load.begin_room_a - kHairA;
}

bool Allocator::begin(Share& share) {
    const Load& load = *share.load;
    if (!load.active || share.running || !could_run(share)) {
        return false;
    }
    share.running = true;
    pool_.count(load.path, 1);
    raise(share, load.min_a);
    return true;
}

void Allocator::end(Share& share) {
    raise(share, -share.current_a);
    pool_.count(share.load->path, -1);
    share.running = false;
    share.current_a = 0;
}

void Allocator::raise(Share& share, double by_a) {
    const Load& load = *share.load;
    const double to_a = share.current_a + by_a;
    pool_.take(load.path, std::max(to_a, load.held_a) - std::max(share.current_a, load.held_a));
    pool_.take_sun(load.sun_a(to_a) - load.sun_a(share.current_a));
    share.current_a = to_a;
}

void Allocator::fill(Share& share) {
    const double more_a = share.running ? room(share).current_a : 0;
    if (more_a > 0) {
        // What its setpoint can't express is the next one's.
        const double target_a = round_down(share.current_a + more_a, share.load->step_a);
        raise(share, std::max(0.0, target_a - share.current_a));
    }
}

/// All that live on one source.
void Allocator::fill(Distribution distribution, Source source) {
    rising_.clear();
    for (auto& share : shares_) {
        if (share.running && share.load->source == source) {
            rising_.push_back(&share);
        }
    }
    if (distribution != Distribution::shared) {
        for (Share* share : rising_) {
            fill(*share);
        }
        return;
    }
    while (!rising_.empty()) {
        level_up();
    }
}

/// The lowest rise together until one of them is as high as the next higher one, has all it can take, or
/// meets a limit; those that can't rise any more leave.
void Allocator::level_up() {
    double level_a = kNoLimit;
    for (const Share* share : rising_) {
        level_a = std::min(level_a, share->current_a);
    }
    double target_a = kNoLimit;
    const auto lowest = std::partition(rising_.begin(), rising_.end(), [level_a](const Share* share) {
        return share->current_a <= level_a + kHairA;
    });
    for (auto each = rising_.begin(); each != rising_.end(); ++each) {
        target_a = std::min(target_a, each < lowest ? (*each)->load->max_a : (*each)->current_a);
    }
    const double common_a = room_together(static_cast<std::size_t>(lowest - rising_.begin()));
    const double by_a = std::max(0.0, std::min(target_a - level_a, common_a));
    const bool limited = common_a < target_a - level_a;
    for (auto each = rising_.begin(); each != lowest; ++each) {
        raise(**each, by_a);
    }
    const auto is_done = [&](const Share* share) {
        const bool rose = share->current_a <= level_a + by_a + kHairA;
        return share->current_a >= share->load->max_a - kHairA ||
               (limited && rose && room(*share).current_a <= kHairA);
    };
    const auto left = std::remove_if(rising_.begin(), rising_.end(), is_done);
    const bool stuck = limited && left == rising_.end() && by_a <= kHairA;
    rising_.erase(stuck ? rising_.begin() : left, rising_.end());
}

double Allocator::room_together(std::size_t count) {
    std::fill(together_.begin(), together_.end(), PerPhase{});
    Path all;
    for (std::size_t i = 0; i < count; ++i) {
        const Path& path = rising_[i]->load->path;
        for (std::size_t p = 0; p < kPhases; ++p) {
            all.wires.at(p) += path.wires.at(p);
            for (std::uint8_t l = 0; l < path.limit_count; ++l) {
                together_[static_cast<std::size_t>(path.limits.at(l))].at(p) += path.wires.at(p);
            }
        }
    }
    double sun_wires = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sun_wires += rising_[i]->load->sun_weight();
    }
    Room room = pool_.room(all);
    for (std::size_t l = 0; l < together_.size(); ++l) {
        const auto& wires = together_[l];
        if (wires[0] + wires[1] + wires[2] > 0) {
            room.lower(pool_.limit_room(static_cast<std::int16_t>(l), wires).current_a, {});
        }
    }
    const Source source = rising_.front()->load->source;
    if (source == Source::surplus || source == Source::minimum_or_surplus) {
        room.lower(pool_.surplus(all, sun_wires).current_a, {});
    } else if (source == Source::excess) {
        room.lower(pool_.excess(all, sun_wires).current_a, {});
    }
    return room.current_a;
}

void Allocator::minima_first(const Supply& supply, const std::vector<Limit>& limits,
                             Distribution distribution) {
    do {
        // Anew, as a storage helps others with less once one that made it deliver has ended.
        pool_.reset(supply, limits);
        hold();
        for (auto& share : shares_) {
            share.current_a = 0;
            share.running = false;
            if (!share.barred) {
                begin(share);
            }
        }
        fill(distribution, Source::any);
    } while (bar_without_source());
    for (auto& share : shares_) {
        begin(share);  // a smaller one may find a source where a larger one ended
    }
    // What a storage gives to all phases grows with what all draw, so that the first ones may have more then.
    for (int rounds = supply.discharge_a > 0 ? kRounds : 1; rounds > 0; --rounds) {
        for (const auto source : {Source::any, Source::minimum_or_surplus, Source::surplus, Source::excess}) {
            fill(distribution, source);
        }
    }
}

/// What the more urgent ones took is no source any more: the least important ones end first.
bool Allocator::bar_without_source() {
    bool barred = false;
    for (auto share = shares_.rbegin(); share != shares_.rend(); ++share) {
        if (!share->running || share->load->source == Source::any || has_source(*share)) {
            continue;
        }
        const double current_a = share->current_a;
        end(*share);
        if (has_source(*share)) {
            share->running = true;
            pool_.count(share->load->path, 1);
            raise(*share, current_a);
        } else {
            share->barred = true;
            barred = true;
        }
    }
    return barred;
}

void Allocator::one_after_the_other(bool make_room) {
    for (std::size_t i = 0; i < shares_.size(); ++i) {
        if (!begin(shares_[i]) && make_room && shares_[i].load->active) {
            make_room_for(i);
        }
        fill(shares_[i]);
    }
}

/// Those before it give what they have beyond their minimum, the nearest first, if that lets it begin; what
/// is not needed they get back.
void Allocator::make_room_for(std::size_t index) {
    Share& share = shares_[index];
    const bool has_source = this->has_source(share);
    std::size_t from = index;
    for (std::size_t i = index; i-- > 0 && !share.running;) {
        Share& before = shares_[i];
        // A more urgent source is not given up for a less urgent one.
        const bool gives = before.running && (has_source || before.load->source == share.load->source);
        if (gives) {
            before.gave_a = before.current_a - before.load->min_a;
            raise(before, -before.gave_a);
            from = i;
            begin(share);
        }
    }
    for (std::size_t i = from; i < index; ++i) {
        Share& before = shares_[i];
        const bool from_anywhere = share.load->source == Source::minimum_or_surplus;
        const double free_a = from_anywhere ? fuse_room(before).current_a : room(before).current_a;
        raise(before, std::clamp(free_a, 0.0, before.gave_a));
        before.gave_a = 0;
    }
}

/// To what setpoints can express, downwards; what that leaves goes, step by step, to those who can use it.
void Allocator::round(bool evenly) {
    for (auto& share : shares_) {
        if (share.running) {
            const Load& load = *share.load;
            raise(share, std::max(load.min_a, round_down(share.current_a, load.step_a)) - share.current_a);
        }
    }
    for (auto& share : shares_) {
        const double step_a = share.load->step_a;
        if (share.running && step_a > 0) {
            const double more_a = std::min(room(share).current_a, evenly ? step_a : kNoLimit);
            raise(share, std::max(0.0, round_down(more_a, step_a)));
        }
    }
}

void Allocator::settle() {
    for (auto& share : shares_) {
        const Load& load = *share.load;
        Allocation& result = *share.result;
        const Room fuse = fuse_room(share);
        const Room source = source_room(share);
        Room room;
        room.lower(load.max_a - share.current_a, {});
        room.lower(fuse.current_a, fuse.bound);
        room.lower(source.current_a, source.bound);
        result.bound = room.bound;
        result.room_a = fuse.current_a;
        result.fuse_bound = fuse.bound;
        result.source_a = source.current_a;
        result.has_source = share.running || has_source(share);
        if (share.running) {
            result.current_a = std::max(load.min_a, round_down(share.current_a, load.step_a));
            result.available_a = result.current_a;
        } else if (!load.active && could_run(share)) {
            result.available_a = std::max(load.min_a, round_down(room.current_a, load.step_a));
        }
    }
}

}  // namespace sunherd::engine
