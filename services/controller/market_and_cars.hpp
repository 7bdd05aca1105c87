#pragma once

#include "topics/messages.hpp"

#include <map>
#include <optional>
#include <string>

namespace sunherd::controller {

/// What prices and cars say, as far as it bears on charging. No I/O. A few of each are remembered, whoever
/// sends.
class MarketAndCars {
  public:
    void take(const std::string& tariff, const topics::TariffNow& now);
    void take(const std::string& vehicle, const topics::VehicleState& state);

    /// The site's own tariff; where that has no price now, of the others the first by name that has one.
    std::optional<double> price_per_kwh(topics::Timestamp utc) const;
    /// The car that says it is plugged in there; nullptr where none does.
    const topics::VehicleState* car_at(const std::string& evse) const;

  private:
    std::map<std::string, topics::TariffNow> tariffs_;
    std::map<std::string, topics::VehicleState> vehicles_;
};

}  // namespace sunherd::controller
