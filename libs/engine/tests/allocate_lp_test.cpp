#include "engine/allocate.hpp"

#include <ClpSimplex.hpp>
#include <catch2/catch.hpp>

#include <random>

using namespace sunherd::engine;

/// The allocation against a linear program that knows nothing of it: for the loads that run, the most that
/// the first could have while all have their minimum, then the most the second could have beside that, and so
/// on
/// (`priority`); the highest level that all could have (`shared`).
namespace {

struct Problem {
    Supply supply;
    std::vector<Limit> limits;
    std::vector<Load> loads;
};

class Random {
  public:
    explicit Random(std::uint64_t seed) : random_(seed) {}
    double real(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random_);
    }
    int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

    Problem problem() {
        Problem problem;
        problem.supply.fuse_a = real(16, 63);
        problem.supply.import_a = whole(0, 1) == 0 ? kNoLimit : real(20, 120);
        for (double& base_a : problem.supply.base_a) {
            base_a = real(-15, 15);
        }
        const int limits = whole(0, 3);
        for (int i = 0; i < limits; ++i) {
            Limit limit;
            limit.limit_a = real(8, 50);
            limit.sum_a = whole(0, 2) == 0 ? real(20, 100) : kNoLimit;
            limit.base_a = {real(0, 5), real(0, 5), real(0, 5)};
            problem.limits.push_back(limit);
        }
        const int loads = whole(1, 12);
        for (int i = 0; i < loads; ++i) {
            problem.loads.push_back(load(limits, i));
        }
        return problem;
    }

  private:
    Load load(int limits, int index) {
        Load load;
        const int mask = whole(1, 7);
        for (std::size_t p = 0; p < kPhases; ++p) {
            load.path.wires.at(p) = (static_cast<unsigned>(mask) >> p & 1U) != 0 ? 1 : 0;
        }
        load.max_a = whole(6, 32);
        load.priority = index;
        load.rank = index;
        for (int l = 0; l < limits; ++l) {
            if (whole(0, 1) == 0) {
                load.path.limits.at(load.path.limit_count++) = static_cast<std::int16_t>(l);
            }
        }
        return load;
    }
    std::mt19937_64 random_;
};

/// Maximises what `goal` names over all that fuses and limits allow.
class Program {
  public:
    Program(const Problem& problem, const std::vector<std::size_t>& running) : running_(running) {
        columns_ = static_cast<int>(running.size()) + 1;  // the last one: a level that all have
        model_.setLogLevel(0);
        model_.setOptimizationDirection(-1);
        model_.resize(0, columns_);
        for (std::size_t i = 0; i < running.size(); ++i) {
            const auto& load = problem.loads[running[i]];
            model_.setColumnBounds(static_cast<int>(i), load.min_a, load.max_a);
        }
        model_.setColumnBounds(columns_ - 1, 0, 0);
        for (std::size_t p = 0; p < kPhases; ++p) {
            add(problem, -1, static_cast<int>(p), problem.supply.fuse_a - problem.supply.base_a.at(p));
        }
        const auto& base_a = problem.supply.base_a;
        if (problem.supply.import_a < kNoLimit) {
            add(problem, -1, -1, problem.supply.import_a - base_a[0] - base_a[1] - base_a[2]);
        }
        for (std::size_t l = 0; l < problem.limits.size(); ++l) {
            const auto& limit = problem.limits[l];
            for (int p = 0; p < 3; ++p) {
                add(problem, static_cast<int>(l), p,
                    limit.limit_a - limit.base_a.at(static_cast<std::size_t>(p)));
            }
            if (limit.sum_a < kNoLimit) {
                add(problem, static_cast<int>(l), -1,
                    limit.sum_a - limit.base_a[0] - limit.base_a[1] - limit.base_a[2]);
            }
        }
    }

    /// x[goal] at most; negative: no x does.
    double most(int goal) {
        for (int i = 0; i < columns_; ++i) {
            model_.setObjectiveCoefficient(i, i == goal ? 1 : 0);
        }
        model_.primal();
        return model_.isProvenOptimal() ? model_.objectiveValue() : -1;
    }
    void fix(int column, double value) { model_.setColumnBounds(column, value, value); }
    /// The level: of every load, unless it is full.
    double highest_level(const Problem& problem) {
        double most_a = 0;
        for (const auto index : running_) {
            most_a = std::max(most_a, problem.loads[index].max_a);
        }
        model_.setColumnBounds(columns_ - 1, 0, most_a);
        // A load at its maximum need not reach the level: bisect over it.
        double low = 0;
        double high = most_a;
        while (high - low > 1e-4) {
            const double level = (low + high) / 2;
            for (std::size_t i = 0; i < running_.size(); ++i) {
                const auto& load = problem.loads[running_[i]];
                model_.setColumnBounds(static_cast<int>(i), std::max(load.min_a, std::min(level, load.max_a)),
                                       load.max_a);
            }
            (most(0) >= 0 ? low : high) = level;
        }
        return low;
    }

  private:
    void add(const Problem& problem, int limit, int phase, double most_a) {
        std::vector<int> columns;
        std::vector<double> wires;
        for (std::size_t i = 0; i < running_.size(); ++i) {
            const auto& path = problem.loads[running_[i]].path;
            bool below = limit < 0;
            for (std::uint8_t l = 0; l < path.limit_count; ++l) {
                below = below || path.limits.at(l) == limit;
            }
            const double count =
                phase < 0 ? path.wire_count() : path.wires.at(static_cast<std::size_t>(phase));
            if (below && count > 0) {
                columns.push_back(static_cast<int>(i));
                wires.push_back(count);
            }
        }
        // An overloaded phase that no running load touches binds nobody.
        if (!columns.empty()) {
            model_.addRow(static_cast<int>(columns.size()), columns.data(), wires.data(), -1e9, most_a);
        }
    }
    ClpSimplex model_;
    const std::vector<std::size_t>& running_;
    int columns_ = 0;
};

std::vector<std::size_t> running(const std::vector<Allocation>& allocations) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < allocations.size(); ++i) {
        if (allocations[i].current_a > 0) {
            indices.push_back(i);
        }
    }
    return indices;
}

constexpr std::uint64_t kSeed = 20261121;
constexpr int kSites = 3000;
/// Of setpoints: others' rounding down can add up on a phase, but never takes from one what it had.
constexpr double kResolutionA = 0.1 + 1e-4;

}  // namespace

TEST_CASE("priority: no linear program gives an important load more than a setpoint's resolution more") {
    Random random(kSeed);
    Allocator allocator;
    for (int site = 0; site < kSites; ++site) {
        const auto problem = random.problem();
        const auto allocations =
            allocator.run(problem.supply, problem.limits, problem.loads, Distribution::priority);
        const auto who = running(allocations);
        Program program(problem, who);
        for (std::size_t i = 0; i < who.size(); ++i) {
            const double had_a = allocations[who[i]].current_a;
            INFO("seed " << kSeed << ", site " << site << ", load " << who[i]);
            REQUIRE(had_a >= program.most(static_cast<int>(i)) - kResolutionA);
            program.fix(static_cast<int>(i), had_a);
        }
    }
}

TEST_CASE("shared: no linear program finds a higher level for all") {
    Random random(kSeed + 1);
    Allocator allocator;
    for (int site = 0; site < kSites; ++site) {
        const auto problem = random.problem();
        const auto allocations =
            allocator.run(problem.supply, problem.limits, problem.loads, Distribution::shared);
        const auto who = running(allocations);
        if (who.empty()) {
            continue;
        }
        double level_a = kNoLimit;
        for (const auto index : who) {
            if (allocations[index].current_a < problem.loads[index].max_a) {
                level_a = std::min(level_a, allocations[index].current_a);
            }
        }
        if (level_a < kNoLimit) {
            INFO("seed " << kSeed + 1 << ", site " << site);
            REQUIRE(level_a >= Program(problem, who).highest_level(problem) - kResolutionA);
        }
    }
}
