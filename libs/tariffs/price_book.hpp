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

/// What of a book is other than before, in order of time: to be written over what is written of that time.
using Pieces = std::vector<PriceSlot>;

/// The slots of one published tariff. A slot that is told again replaces what was told before of that time,
/// also where it overlaps others in part: the newest word counts, whichever comes first.
class PriceBook {
  public:
    /// Longer slots, and slots that end before they begin, are none.
    static constexpr std::chrono::hours kLongestSlot{24 * 366};
    /// A price without an end holds so long after it was last told: who has one contract for years tells it
    /// once a month, and who has died is believed no longer.
    static constexpr std::chrono::hours kOpenHolds{24 * 31};
    /// Two years of 5 minutes; beyond that the oldest go.
    static constexpr std::size_t kMostSlots = 250'000;

    /// told: when; what was told later of that time stays. Absent: that is no slot.
    std::optional<Pieces> add(const PriceSlot& slot, Timestamp told = {});
    /// The price in force. Without an end it holds until the next known slot: against older words for its
    /// hour, and from then on where nothing else is known.
    std::optional<Pieces> add(const topics::TariffNow& now);

    /// The slot that holds then; absent where no price is known.
    std::optional<PriceSlot> at(Timestamp moment) const;
    /// When the next slot after a moment begins; absent where none is known.
    std::optional<Timestamp> next_after(Timestamp moment) const;
    void forget_before(Timestamp moment);
    std::size_t size() const { return slots_.size(); }

  private:
    struct Entry {
        PriceSlot slot;
        Timestamp told;
    };
    std::vector<PriceSlot> parts_not_told_since(const PriceSlot& slot, Timestamp told) const;
    void put(const PriceSlot& slot, Timestamp told, Pieces& pieces);
    std::optional<Pieces> add_open(const topics::TariffNow& now);
    std::map<Timestamp, Entry> slots_;  ///< by start; none overlaps another
};

/// The price in force as a slot. One without an end holds until another is told, for `kOpenHolds` and since
/// two days at most.
PriceSlot slot_of(const topics::TariffNow& now);

/// More does a kWh cost nowhere: it is told in cents, or nonsense. 10 of the large currencies (markets end at
/// 4 or 5), 1000 of the others (HUF, CZK, JPY …), as the schemas have it.
double most_per_kwh(const std::string& currency);

}  // namespace sunherd::tariffs
