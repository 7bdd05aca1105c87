#pragma once

#include "engine/site.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace sunherd::engine {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

/// What grid, sun and storage can give to loads, and what is known to flow if no load ran and the storage
/// idled. Currents in A, + from the grid; sums are over the phases.
struct Supply {
    int phases = 3;
    PerPhase base_a{};              ///< house less PV: what the grid connection would carry
    double fuse_a = 0;              ///< of the grid connection, per phase
    double import_a = kNoLimit;     ///< sum that may be imported
    double imbalance_a = kNoLimit;  ///< between two phases
    double discharge_a = 0;         ///< sum the storage delivers, as far as there is import to cover
    double surplus_a = 0;           ///< sum that loads which live on the sun may share
    /// Has each phase a surplus of its own, besides? Else what one exports makes up for what another imports.
    bool surplus_by_phase = false;
    double spare_discharge_a = 0;  ///< sum, in that surplus, of what the storage gives
    bool grid_feeds_loads = true;  ///< false: loads get sun and storage only
    /// An inverter that shares its output freely among the phases; else each phase gets its n-th part.
    bool balances = false;
    double inverter_phase_a = kNoLimit;  ///< the most it gives to one phase
    PerPhase house_a{};                  ///< without PV; only for `balances`
    PerPhase house_most_a{};             ///< the same where it is not measured, at most
    double pv_a = 0;                     ///< sum; only for `balances`
    double export_a = 0;                 ///< sum that leaves while the storage does what it does
    double excess_a = 0;                 ///< the part of it beyond the threshold; at most 0: none
};

/// A fuse below the grid connection, or any limit that some loads share.
struct Limit {
    double limit_a = 0;       ///< per phase
    PerPhase base_a{};        ///< what flows there without our loads
    double sum_a = kNoLimit;  ///< sum of the phases, base included
};

/// What binds.
struct Bound {
    enum class Kind : std::uint8_t { none, fuse, limit, import_limit, imbalance, inverter, surplus, excess };
    Kind kind = Kind::none;
    int limit = 0;   ///< index of the `Limit`
    int phase = -1;  ///< -1: the sum of all
};

/// How much more of something there is. [A] per wire; negative: too much is taken already.
struct Room {
    double current_a = kNoLimit;
    Bound bound{};

    void lower(double to_a, Bound by) {
        if (to_a < current_a) {
            current_a = to_a;
            bound = by;
        }
    }
};

/// Where a load's wires go. `wires[p]`: how many of them on phase p; the sum is at least 1.
struct Path {
    static constexpr std::size_t kMostLimits = 9;
    PerPhase wires{};
    std::array<std::int16_t, kMostLimits> limits{};
    std::uint8_t limit_count = 0;

    double wire_count() const { return wires[0] + wires[1] + wires[2]; }
};

/// The supply while it is handed out.
class Pool {
  public:
    void reset(const Supply& supply, const std::vector<Limit>& limits);

    /// From fuses and limits.
    void take(const Path& path, double current_a);
    /// From the sun; a sum.
    void take_sun(double sum_a) { sun_taken_a_ += sum_a; }
    /// A load that begins (+1) or ceases (-1) to draw: phases that none uses may be over their fuse.
    void count(const Path& path, int loads);
    /// Within fuses, limits, import limit and inverter.
    Room room(const Path& path) const;
    /// From the sun, and the storage where it has more than it should.
    /// `sun_wires`: what it takes from the sum for each ampere.
    Room surplus(const Path& path, double sun_wires) const;
    /// What is exported beyond the threshold.
    Room excess(const Path& path, double sun_wires) const;
    /// Does the export cover a sum of so much more?
    bool exports(double sum_a) const;

    /// How much many loads can rise together, by one ampere per wire each: of the connection for all their
    /// wires as one path without limits, and of each limit for the wires below it.
    Room limit_room(std::int16_t limit, const PerPhase& wires) const;
    std::size_t limit_count() const { return limits_.size(); }

  private:
    double flow_a(std::size_t phase) const { return supply_.base_a.at(phase) + taken_a_.at(phase); }
    void fuse_room(const Path& path, double wires, Room& room) const;
    void balanced_room(const Path& path, double wires, Room& room) const;
    void imbalance_room(const Path& path, Room& room) const;

    Supply supply_;
    std::vector<Limit> limits_;  // `base_a` with what is taken
    PerPhase taken_a_{};
    std::array<int, kPhases> loads_on_{};
    double taken_sum_a_ = 0;
    double sun_taken_a_ = 0;
    double base_sum_a_ = 0;
};

}  // namespace sunherd::engine
