#pragma once

#include "site/site.hpp"
#include "tariffs/price_book.hpp"

namespace sunherd::tariffs {

/// What a kWh costs here by the site file's `tariff`: energy and fees of the season, weekday and time of day,
/// or of the slots of a market, and taxes on both. Pure but for the time zones of the machine.
class SiteTariff {
  public:
    /// time_zone: IANA, one that exists.
    SiteTariff(site::Tariff tariff, const std::string& time_zone);

    /// The price then, with the longest stretch around it in which nothing changes (of a local day at most).
    /// Absent where it depends on a slot that isn't known.
    std::optional<PriceSlot> at(Timestamp moment, const PriceBook& market) const;

    /// All slots of a span that are known, in order; at most `most`.
    std::vector<PriceSlot> slots(Timestamp from, Timestamp to, const PriceBook& market,
                                 std::size_t most) const;

    const site::Tariff& settings() const { return tariff_; }

  private:
    struct Stretch {
        Timestamp start;
        Timestamp end;
        site::TariffTime prices;  ///< the three prices in force, where the tariff has them
    };
    Stretch stretch_at(Timestamp moment) const;

    site::Tariff tariff_;
    std::string time_zone_;
};

}  // namespace sunherd::tariffs
