#pragma once

#include "history/rows.hpp"
#include "tariffs/site_tariff.hpp"

#include <map>
#include <string>

namespace sunherd::ledger {

using topics::Timestamp;

/// Knows what a kWh costs here: by the site file's tariff, or, without one, by the first tariff that is
/// published. Pure.
class PriceKeeper {
  public:
    /// How far ahead prices are told and written down.
    static constexpr std::chrono::hours kAhead{36};
    /// Tariffs that are listened to at most.
    static constexpr std::size_t kMostTariffs = 16;

    PriceKeeper(const site::Site& site, const std::vector<history::TariffSlot>& known);

    /// What is published of other tariffs; what is new goes to `changes`, with prices that come late.
    void take(const std::string& tariff, const topics::TariffNow& now, history::Changes& changes);
    void take(const std::string& tariff, const topics::TariffForecast& forecast, history::Changes& changes);

    /// The price here.
    std::optional<topics::PriceSlot> at(Timestamp moment) const;
    const std::string& currency() const { return currency_; }
    /// Whether the site file says what a kWh costs: then we tell others.
    bool is_own() const { return own_; }
    /// Five minutes, or what of them has the same price.
    energy::Bucket bucket(Timestamp moment) const;

    /// Writes the prices from now on that are not written yet; true where there were any.
    bool refresh(Timestamp now, history::Changes& changes);
    /// What is known from now on; at most what fits into a message.
    std::vector<topics::PriceSlot> ahead(Timestamp now) const;

  private:
    void add(const std::string& tariff, const std::string& currency, const topics::PriceSlot& slot,
             history::Changes& changes);
    void follow(const std::string& tariff, const std::string& currency);
    const tariffs::PriceBook& market() const;

    bool own_;
    std::string time_zone_;
    std::string currency_;
    std::map<std::string, tariffs::PriceBook> books_;  ///< by id of the tariff
    std::optional<tariffs::SiteTariff> tariff_;
    std::map<Timestamp, topics::PriceSlot> written_;       ///< of the site's own, from now on
    mutable std::optional<topics::PriceSlot> last_asked_;  ///< readings come in order of time
};

}  // namespace sunherd::ledger
