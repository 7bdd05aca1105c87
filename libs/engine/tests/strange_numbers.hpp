#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace sunherd::engine::test {

/// Numbers at random, one of `odds` such as no sensor would send.
class StrangeNumbers {
  public:
    StrangeNumbers(std::uint64_t seed, int odds) : random_(seed), odds_(odds) {}

    int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    bool odd() { return whole(1, odds_) == 1; }
    double number(double low, double high) {
        constexpr double kInfinite = std::numeric_limits<double>::infinity();
        static const double strange[] = {std::nan(""), kInfinite, -kInfinite, -1, 0, 1e308, -1e308, 1e-308};
        return odd() ? strange[whole(0, 7)] : std::uniform_real_distribution<double>(low, high)(random_);
    }

  private:
    std::mt19937_64 random_;
    int odds_;
};

}  // namespace sunherd::engine::test
