#pragma once

#include "engine/allocate.hpp"

namespace sunherd::engine {

/// A circuit whose loads share in their own way what they get together.
struct OwnDistribution {
    std::int16_t limit = 0;  ///< index of the `Limit`; outer circuits stand before inner ones
    Distribution distribution = Distribution::priority;
};

/// The allocation where some circuits have their own distribution: what the loads of such a circuit have
/// together by the distribution around it, and what nobody else can use, is shared anew among them.
class ByCircuit {
  public:
    const std::vector<Allocation>& run(const Supply& supply, const std::vector<Limit>& limits,
                                       const std::vector<Load>& loads, Distribution distribution,
                                       const std::vector<OwnDistribution>& own);

  private:
    void keep(std::size_t index);
    static bool is_below(const Load& load, std::int16_t limit);

    Allocator allocator_;
    std::vector<Load> loads_;
    std::vector<Allocation> results_;
};

}  // namespace sunherd::engine
