#pragma once

#include "house/prices.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sunherd::simulator {

/// Prices of the time that is played, told as if it were now: at ten times the speed an hour's price holds
/// for six minutes. Pure.
class Market {
  public:
    /// Where the played time stands.
    struct Moment {
        topics::Timestamp now{};     ///< by clocks
        topics::Timestamp played{};  ///< by the trace
    };

    Market(std::shared_ptr<const house::PriceSource> prices, double speed, const std::string& time_zone);

    /// What is new since the last call: the price that holds, and the slots that are known: to the end of the
    /// day, from 13:00 on to the end of the next one, as markets do.
    struct News {
        std::optional<topics::TariffNow> now{};
        std::optional<topics::TariffForecast> forecast{};
    };
    News look(const Moment& moment);

  private:
    topics::Timestamp known_until(topics::Timestamp played) const;
    topics::PriceSlot as_of_now(topics::PriceSlot slot) const;

    std::shared_ptr<const house::PriceSource> prices_;
    double speed_;
    std::string time_zone_;
    std::optional<Moment> began_{};  ///< both clocks then; one mapping all along, so that slots don't move
    std::optional<topics::Timestamp> told_{};
    std::optional<topics::Timestamp> told_until_{};
};

}  // namespace sunherd::simulator
