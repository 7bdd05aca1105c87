#include "tariffs/price_book.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::tariffs {
namespace {

constexpr std::chrono::hours kLookedBack{48};

}  // namespace

PriceSlot slot_of(const topics::TariffNow& now) {
    const auto told = std::max(now.time, now.valid_from);
    return {.start = now.valid_until ? now.valid_from : std::max(now.valid_from, told - kLookedBack),
            .end = now.valid_until.value_or(told + PriceBook::kLongestSlot / 2),
            .price_per_kwh = now.price_per_kwh,
            .energy_price_per_kwh = now.energy_price_per_kwh,
            .feed_in_per_kwh = now.feed_in_per_kwh,
            .co2_g_per_kwh = now.co2_g_per_kwh};
}

bool PriceBook::add(const PriceSlot& slot) {
    const bool possible = slot.start < slot.end && slot.end - slot.start <= kLongestSlot &&
                          slot.start > Timestamp{} && std::isfinite(slot.price_per_kwh);
    if (!possible) {
        return false;
    }
    cut_out(slot.start, slot.end);
    slots_.insert_or_assign(slot.start, slot);
    while (slots_.size() > kMostSlots) {
        slots_.erase(slots_.begin());
    }
    return true;
}

void PriceBook::cut_out(Timestamp start, Timestamp end) {
    auto at = slots_.lower_bound(start);
    if (at != slots_.begin()) {
        auto& before = std::prev(at)->second;
        if (before.end > start) {
            if (before.end > end) {
                auto rest = before;
                rest.start = end;
                slots_.insert_or_assign(end, rest);
            }
            before.end = start;
        }
    }
    at = slots_.lower_bound(start);
    while (at != slots_.end() && at->first < end) {
        if (at->second.end > end) {
            auto rest = at->second;
            rest.start = end;
            slots_.insert_or_assign(end, rest);
        }
        at = slots_.erase(at);
    }
}

std::optional<PriceSlot> PriceBook::at(Timestamp moment) const {
    const auto after = slots_.upper_bound(moment);
    if (after == slots_.begin() || std::prev(after)->second.end <= moment) {
        return std::nullopt;
    }
    return std::prev(after)->second;
}

std::optional<Timestamp> PriceBook::next_after(Timestamp moment) const {
    const auto after = slots_.upper_bound(moment);
    return after == slots_.end() ? std::nullopt : std::optional(after->first);
}

void PriceBook::forget_before(Timestamp moment) {
    while (!slots_.empty() && slots_.begin()->second.end <= moment) {
        slots_.erase(slots_.begin());
    }
}

}  // namespace sunherd::tariffs
