#pragma once

#include "history/rows.hpp"
#include "tariffs/site_tariff.hpp"

#include <tl/expected.hpp>

#include <map>
#include <string>

namespace sunherd::ledger {

using topics::Timestamp;

/// Knows what a kWh costs here: by the site file's tariff, or, without one, by the first tariff that is
/// published, for as long as it has a price; then by another one that has. Pure.
class PriceKeeper {
  public:
    /// How far ahead prices are told and written down.
    static constexpr std::chrono::hours kAhead{36};
    /// Tariffs that are listened to at most.
    static constexpr std::size_t kMostTariffs = 16;
    /// So long prices are looked up, and taken late: a site may have been without its network for weeks.
    static constexpr std::chrono::hours kRemembered{24 * 35};

    /// followed: the tariff that was followed before a restart.
    PriceKeeper(const site::Site& site, const std::vector<history::TariffSlot>& known,
                const std::string& followed = {});

    /// What is published of other tariffs; what is new goes to `changes`, with prices that come late. What is
    /// wrong with it, where something is refused.
    std::optional<std::string> take(const std::string& tariff, const topics::TariffNow& now,
                                    history::Changes& changes);
    std::optional<std::string> take(const std::string& tariff, const topics::TariffForecast& forecast,
                                    history::Changes& changes);
    /// While one runs, its money stays what it is, also where no price is known in it any more.
    void session_runs(bool runs) { session_runs_ = runs; }
    /// The published tariff that the price here is made of; empty: none.
    std::string followed() const;

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
    struct Market {
        tariffs::PriceBook book{};
        std::string currency{};
    };
    tl::expected<Market*, std::string> heard(const std::string& tariff, const std::string& currency);
    void keep(const std::string& tariff, const tariffs::Pieces& pieces, history::Changes& changes);
    void choose();
    void follow(const std::string& tariff);
    Timestamp believed(Timestamp told) const;
    const tariffs::PriceBook& market() const;

    bool own_;
    std::string time_zone_;
    std::string currency_;
    std::map<std::string, Market> markets_;  ///< by id of the tariff
    std::optional<tariffs::SiteTariff> tariff_;
    tariffs::PriceBook written_;  ///< of the site's own, from now on
    Timestamp clock_{};           ///< as of the last `refresh`
    bool session_runs_ = false;
    mutable std::optional<topics::PriceSlot> last_asked_;  ///< readings come in order of time
};

}  // namespace sunherd::ledger
