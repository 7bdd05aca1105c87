#pragma once

#include "house/trace.hpp"
#include "topics/messages.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::house {

/// What electricity costs on a market.
class PriceSource {
  public:
    virtual ~PriceSource() = default;
    virtual std::string currency() const = 0;
    /// Slots that are not over at `from` and begin before `to`, in order. Without fees and taxes.
    virtual std::vector<topics::PriceSlot> slots(topics::Timestamp from, topics::Timestamp to) const = 0;
};

/// Prices as they were; each holds until the next one.
class RecordedPrices : public PriceSource {
  public:
    RecordedPrices(std::string currency, std::vector<topics::PriceSlot> slots)
        : currency_(std::move(currency)), slots_(std::move(slots)) {}
    std::string currency() const override { return currency_; }
    std::vector<topics::PriceSlot> slots(topics::Timestamp from, topics::Timestamp to) const override;

  private:
    std::string currency_;
    std::vector<topics::PriceSlot> slots_;
};

/// A summer day's market by quarters of an hour: dear in the morning and the evening, cheap at night, below
/// zero around noon; no two days are quite the same.
class BuiltInPrices : public PriceSource {
  public:
    std::string currency() const override { return "EUR"; }
    std::vector<topics::PriceSlot> slots(topics::Timestamp from, topics::Timestamp to) const override;
};

/// `time_utc` and a column `…_{currency}_per_kwh`, e.g. `day_ahead_eur_per_kwh`; rows in order of time.
tl::expected<std::shared_ptr<const PriceSource>, TraceError> parse_prices(std::string_view csv,
                                                                          std::string_view file);

}  // namespace sunherd::house
