#pragma once

#include "topics/messages.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a kWh costs, when. Pure.
namespace sunherd::tariffs {

using topics::PriceSlot;
using topics::Timestamp;

/// The slots of one published tariff. A slot that is told again replaces what was told before of that time,
/// also where it overlaps others in part: the newest word counts.
class PriceBook {
  public:
    /// Longer slots, and slots that end before they begin, are none: false.
    static constexpr std::chrono::hours kLongestSlot{24 * 366};
    /// Two years of 5 minutes; beyond that the oldest go.
    static constexpr std::size_t kMostSlots = 250'000;

    bool add(const PriceSlot& slot);

    /// The slot that holds then; absent where no price is known.
    std::optional<PriceSlot> at(Timestamp moment) const;
    /// When the next slot after a moment begins; absent where none is known.
    std::optional<Timestamp> next_after(Timestamp moment) const;
    void forget_before(Timestamp moment);
    std::size_t size() const { return slots_.size(); }

  private:
    void cut_out(Timestamp start, Timestamp end);
    std::map<Timestamp, PriceSlot> slots_;  ///< by start; none overlaps another
};

/// The price in force as a slot. One without an end holds until another is told, and since two days at most.
PriceSlot slot_of(const topics::TariffNow& now);

}  // namespace sunherd::tariffs
