#pragma once

#include "house/demand.hpp"

#include <cstdint>

namespace sunherd::house {

/// Sun, clouds and appliances for the case that there is no trace: sun by season and time of day, clouds that
/// drift, a fridge, meals, laundry. The same for the same seed.
class BuiltInDay : public DemandSource {
  public:
    struct Place {
        double latitude_deg = 52.5;
        double longitude_deg = 13.4;
        double peak_w = 9000;
    };

    explicit BuiltInDay(std::uint64_t seed) : BuiltInDay(seed, Place{}) {}
    BuiltInDay(std::uint64_t seed, const Place& place) : seed_(seed), place_(place) {}

    Demand at(topics::Timestamp time) const override;
    /// Of a clear sky, W.
    double clear_sky_w(topics::Timestamp time) const;

  private:
    double cloud_share(double seconds) const;
    PerPhase appliances_w(double seconds) const;

    std::uint64_t seed_;
    Place place_;
};

}  // namespace sunherd::house
