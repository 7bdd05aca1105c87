#include "engine/supply.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::engine {
namespace {

constexpr double kHairA = 1e-9;
constexpr double kOnItA = 1e-6;

/// Where f, linear between the first `count` of `kinks` and rising by `last_slope` after the last one, first
/// exceeds 0; negative if it does already.
template <std::size_t N, class F>
double first_above_zero(const std::array<double, N>& kinks, std::size_t count, const F& f,
                        double last_slope) {
    double from = 0;
    double before = f(0.0);
    if (before > kOnItA) {
        return -before;
    }
    const double zero = std::max(kHairA, before);  // on the limit is not beyond it
    for (;;) {
        double next = kNoLimit;
        for (std::size_t i = 0; i < count; ++i) {
            next = kinks.at(i) > from ? std::min(next, kinks.at(i)) : next;
        }
        if (next == kNoLimit) {
            return last_slope > 0 ? from + (zero - before) / last_slope : kNoLimit;
        }
        const double value = f(next);
        if (value > zero) {
            return from + (next - from) * (zero - before) / (value - before);
        }
        from = next;
        before = value;
    }
}

bool finite(const PerPhase& values) {
    return std::isfinite(values[0]) && std::isfinite(values[1]) && std::isfinite(values[2]);
}

bool makes_sense(const Supply& supply) {
    return supply.phases >= 1 && supply.phases <= static_cast<int>(kPhases) && finite(supply.base_a) &&
           finite(supply.house_a) && finite(supply.house_most_a) && supply.fuse_a >= 0 &&
           supply.import_a >= 0 && supply.imbalance_a >= 0 && supply.discharge_a >= 0 &&
           supply.spare_discharge_a >= 0 && std::isfinite(supply.surplus_a) && supply.inverter_phase_a >= 0 &&
           supply.pv_a >= 0 && std::isfinite(supply.pv_a) && std::isfinite(supply.export_a) &&
           std::isfinite(supply.excess_a);
}

bool makes_sense(const Limit& limit) {
    return limit.limit_a >= 0 && limit.sum_a >= 0 && finite(limit.base_a);
}

}  // namespace

void Pool::reset(const Supply& supply, const std::vector<Limit>& limits) {
    supply_ = makes_sense(supply) ? supply : Supply{};  // which gives nothing
    limits_ = limits;
    for (auto& limit : limits_) {
        if (!makes_sense(limit)) {
            limit = {};
        }
    }
    taken_a_ = {};
    loads_on_ = {};
    taken_sum_a_ = 0;
    sun_taken_a_ = 0;
    base_sum_a_ = 0;
    for (std::size_t p = 0; p < static_cast<std::size_t>(supply_.phases); ++p) {
        base_sum_a_ += supply_.base_a.at(p);
    }
}

void Pool::take(const Path& path, double current_a) {
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double more_a = path.wires.at(p) * current_a;
        taken_a_.at(p) += more_a;
        taken_sum_a_ += more_a;
        for (std::uint8_t i = 0; i < path.limit_count; ++i) {
            limits_[static_cast<std::size_t>(path.limits.at(i))].base_a.at(p) += more_a;
        }
    }
}

void Pool::count(const Path& path, int loads) {
    for (std::size_t p = 0; p < kPhases; ++p) {
        loads_on_.at(p) += path.wires.at(p) > 0 ? loads : 0;
    }
}

Room Pool::limit_room(std::int16_t index, const PerPhase& wires) const {
    using Kind = Bound::Kind;
    Room room;
    const Limit& limit = limits_[static_cast<std::size_t>(index)];
    for (std::size_t p = 0; p < kPhases; ++p) {
        if (wires.at(p) > 0) {
            room.lower((limit.limit_a - limit.base_a.at(p)) / wires.at(p),
                       {Kind::limit, index, static_cast<int>(p)});
        }
    }
    if (limit.sum_a < kNoLimit) {
        room.lower((limit.sum_a - limit.base_a[0] - limit.base_a[1] - limit.base_a[2]) /
                       (wires[0] + wires[1] + wires[2]),
                   {Kind::limit, index, -1});
    }
    return room;
}

Room Pool::room(const Path& path) const {
    using Kind = Bound::Kind;
    Room room;
    const double wires = path.wire_count();
    for (std::uint8_t i = 0; i < path.limit_count; ++i) {
        const Room below = limit_room(path.limits.at(i), path.wires);
        room.lower(below.current_a, below.bound);
    }
    const double sum_a = base_sum_a_ + taken_sum_a_;
    const double import_a = supply_.grid_feeds_loads ? supply_.import_a : 0;
    if (import_a < kNoLimit) {
        room.lower((std::max(0.0, import_a) + supply_.discharge_a - sum_a) / wires,
                   {Kind::import_limit, 0, -1});
    }
    if (supply_.imbalance_a < kNoLimit) {
        imbalance_room(path, room);
    }
    if (supply_.balances) {
        balanced_room(path, wires, room);
    } else {
        fuse_room(path, wires, room);
    }
    return room;
}

/// A phase may not carry so much more than another: one that uses both alike makes no difference.
void Pool::imbalance_room(const Path& path, Room& room) const {
    for (std::size_t high = 0; high < static_cast<std::size_t>(supply_.phases); ++high) {
        for (std::size_t low = 0; low < static_cast<std::size_t>(supply_.phases); ++low) {
            const double rises = path.wires.at(high) - path.wires.at(low);
            if (rises > 0) {
                room.lower((supply_.imbalance_a + flow_a(low) - flow_a(high)) / rises,
                           {Bound::Kind::imbalance, 0, static_cast<int>(high)});
            }
        }
    }
}

/// Each phase gets its part of what the storage gives, and that is no more than what is imported.
void Pool::fuse_room(const Path& path, double wires, Room& room) const {
    const double n = supply_.phases;
    const double sum_a = base_sum_a_ + taken_sum_a_;
    const double limit_a = supply_.grid_feeds_loads ? supply_.fuse_a : 0;
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double own = path.wires.at(p);
        if (own <= 0) {
            continue;
        }
        const Bound bound{Bound::Kind::fuse, 0, static_cast<int>(p)};
        if (supply_.discharge_a <= 0) {
            room.lower((limit_a - flow_a(p)) / own, bound);
            continue;
        }
        const auto over = [&](double more_a) {
            const double help_a = std::clamp(sum_a + wires * more_a, 0.0, supply_.discharge_a);
            return flow_a(p) + own * more_a - help_a / n - limit_a;
        };
        const std::array kinks{-sum_a / wires, (supply_.discharge_a - sum_a) / wires};
        room.lower(first_above_zero(kinks, kinks.size(), over, own), bound);
    }
}

/// What all used phases need beyond the fuse must come from the inverter.
void Pool::balanced_room(const Path& path, double wires, Room& room) const {
    const double sum_a = base_sum_a_ + taken_sum_a_;
    const double limit_a = supply_.grid_feeds_loads ? supply_.fuse_a : 0;
    const auto without_a = [&](std::size_t p) { return supply_.house_a.at(p) + taken_a_.at(p) - limit_a; };
    std::array<double, kPhases + 2> kinks{-sum_a / wires, (supply_.discharge_a - sum_a) / wires};
    std::size_t count = 2;
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double own = path.wires.at(p);
        if (own <= 0) {
            continue;
        }
        kinks.at(count++) = -without_a(p) / own;
        if (supply_.inverter_phase_a < kNoLimit) {
            const double needed_a = supply_.house_most_a.at(p) + taken_a_.at(p) - limit_a;
            room.lower((supply_.inverter_phase_a - needed_a) / own,
                       {Bound::Kind::inverter, 0, static_cast<int>(p)});
        }
    }
    const auto over = [&](double more_a) {
        double needed_a = 0;
        for (std::size_t p = 0; p < static_cast<std::size_t>(supply_.phases); ++p) {
            if (path.wires.at(p) > 0 || loads_on_.at(p) > 0) {
                needed_a += std::max(0.0, without_a(p) + path.wires.at(p) * more_a);
            }
        }
        return needed_a - supply_.pv_a - std::clamp(sum_a + wires * more_a, 0.0, supply_.discharge_a);
    };
    int tightest = 0;
    for (std::size_t p = 0; p < kPhases; ++p) {
        if (path.wires.at(p) > 0 && (path.wires.at(static_cast<std::size_t>(tightest)) <= 0 ||
                                     without_a(p) > without_a(static_cast<std::size_t>(tightest)))) {
            tightest = static_cast<int>(p);
        }
    }
    room.lower(first_above_zero(kinks, count, over, wires), {Bound::Kind::fuse, 0, tightest});
}

Room Pool::surplus(const Path& path, double sun_wires) const {
    Room room;
    const double n = supply_.phases;
    room.lower((supply_.surplus_a - sun_taken_a_) / sun_wires, {Bound::Kind::surplus, 0, -1});
    for (std::size_t p = 0; p < kPhases; ++p) {
        const double own = path.wires.at(p);
        if (own <= 0) {
            continue;
        }
        if (supply_.surplus_by_phase) {
            room.lower((supply_.spare_discharge_a / n - flow_a(p)) / own,
                       {Bound::Kind::surplus, 0, static_cast<int>(p)});
        } else if (supply_.inverter_phase_a < kNoLimit) {
            room.lower((supply_.inverter_phase_a - supply_.house_a.at(p) - taken_a_.at(p)) / own,
                       {Bound::Kind::inverter, 0, static_cast<int>(p)});
        }
    }
    return room;
}

Room Pool::excess(const Path& path, double sun_wires) const {
    Room room;
    room.lower((supply_.excess_a - sun_taken_a_) / sun_wires, {Bound::Kind::excess, 0, -1});
    if (supply_.surplus_by_phase) {
        for (std::size_t p = 0; p < kPhases; ++p) {
            if (path.wires.at(p) > 0) {
                room.lower((supply_.excess_a / supply_.phases - taken_a_.at(p)) / path.wires.at(p),
                           {Bound::Kind::excess, 0, static_cast<int>(p)});
            }
        }
    }
    return room;
}

bool Pool::exports(double sum_a) const {
    return supply_.export_a - sun_taken_a_ >= sum_a - kHairA;
}

}  // namespace sunherd::engine
