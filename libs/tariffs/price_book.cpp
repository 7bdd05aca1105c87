#include "tariffs/price_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace sunherd::tariffs {
namespace {

constexpr std::chrono::hours kLookedBack{48};
constexpr std::array kLargeCurrencies{"EUR", "USD", "GBP", "CHF", "CAD", "AUD", "NZD"};
constexpr double kMostOfLarge = 10;
constexpr double kMostOfOthers = 1000;

bool is_possible(const PriceSlot& slot) {
    return slot.start < slot.end && slot.end - slot.start <= PriceBook::kLongestSlot &&
           slot.start > Timestamp{} && std::isfinite(slot.price_per_kwh);
}

PriceSlot with_span(PriceSlot slot, Timestamp start, Timestamp end) {
    slot.start = start;
    slot.end = end;
    return slot;
}

}  // namespace

double most_per_kwh(const std::string& currency) {
    return std::ranges::find(kLargeCurrencies, currency) != kLargeCurrencies.end() ? kMostOfLarge
                                                                                   : kMostOfOthers;
}

PriceSlot slot_of(const topics::TariffNow& now) {
    const auto told = std::max(now.time, now.valid_from);
    return {.start = now.valid_until ? now.valid_from : std::max(now.valid_from, told - kLookedBack),
            .end = now.valid_until.value_or(told + PriceBook::kOpenHolds),
            .price_per_kwh = now.price_per_kwh,
            .energy_price_per_kwh = now.energy_price_per_kwh,
            .feed_in_per_kwh = now.feed_in_per_kwh,
            .co2_g_per_kwh = now.co2_g_per_kwh};
}

std::optional<Pieces> PriceBook::add(const PriceSlot& slot, Timestamp told) {
    if (!is_possible(slot)) {
        return std::nullopt;
    }
    Pieces pieces;
    for (const auto& part : parts_not_told_since(slot, told)) {
        put(part, told, pieces);
    }
    while (slots_.size() > kMostSlots) {
        slots_.erase(slots_.begin());
    }
    return pieces;
}

std::optional<Pieces> PriceBook::add(const topics::TariffNow& now) {
    return now.valid_until ? add(slot_of(now), now.time) : add_open(now);
}

std::optional<Pieces> PriceBook::add_open(const topics::TariffNow& now) {
    auto slot = slot_of(now);
    if (!is_possible(slot)) {
        return std::nullopt;
    }
    const auto told = std::max(now.time, now.valid_from);
    const auto next = next_after(told);
    slot.end = std::min(slot.end, next.value_or(slot.end));
    const auto known = slots_.upper_bound(told);
    const auto* const before = known == slots_.begin() ? nullptr : &std::prev(known)->second.slot;
    const bool in_force = before != nullptr && before->end > told;
    if (in_force && with_span(*before, slot.start, slot.end) == slot) {
        // Told again and again, it is not written each time.
        const auto missing = slot.end - before->end;
        const bool enough = next ? missing.count() <= 0 : missing <= kOpenHolds / 2;
        return enough ? Pieces{} : add(with_span(slot, before->end, slot.end));
    }
    if (before != nullptr) {
        slot.start = std::max(slot.start, in_force ? before->start : before->end);
    }
    const auto hour_end =
        std::min<Timestamp>(std::chrono::floor<std::chrono::hours>(told) + std::chrono::hours(1), slot.end);
    auto pieces = add(with_span(slot, slot.start, hour_end), now.time);
    if (hour_end < slot.end) {
        std::ranges::copy(*add(with_span(slot, hour_end, slot.end)), std::back_inserter(*pieces));
    }
    return pieces;
}

std::vector<PriceSlot> PriceBook::parts_not_told_since(const PriceSlot& slot, Timestamp told) const {
    std::vector<PriceSlot> parts;
    auto from = slot.start;
    auto at = slots_.upper_bound(slot.start);
    at = at == slots_.begin() ? at : std::prev(at);
    for (; at != slots_.end() && at->first < slot.end; ++at) {
        const auto& [known, known_told] = at->second;
        if (known_told <= told || known.end <= from) {
            continue;
        }
        if (from < known.start) {
            parts.push_back(with_span(slot, from, known.start));
        }
        from = known.end;
    }
    if (from < slot.end) {
        parts.push_back(with_span(slot, from, slot.end));
    }
    return parts;
}

/// In place of what is known of that time; what others have before and behind it stays.
void PriceBook::put(const PriceSlot& slot, Timestamp told, Pieces& pieces) {
    if (const auto same = slots_.find(slot.start); same != slots_.end() && same->second.slot == slot) {
        same->second.told = told;
        return;
    }
    auto at = slots_.lower_bound(slot.start);
    std::optional<Entry> rest;
    if (at != slots_.begin()) {
        auto& before = std::prev(at)->second;
        if (before.slot.end > slot.start) {
            rest = before;
            before.slot.end = slot.start;
            pieces.push_back(before.slot);
        }
    }
    while (at != slots_.end() && at->first < slot.end) {
        rest = at->second;
        at = slots_.erase(at);
    }
    slots_.insert_or_assign(slot.start, Entry{slot, told});
    pieces.push_back(slot);
    if (rest && rest->slot.end > slot.end) {
        rest->slot.start = slot.end;
        slots_.insert_or_assign(slot.end, *rest);
        pieces.push_back(rest->slot);
    }
}

std::optional<PriceSlot> PriceBook::at(Timestamp moment) const {
    const auto after = slots_.upper_bound(moment);
    if (after == slots_.begin() || std::prev(after)->second.slot.end <= moment) {
        return std::nullopt;
    }
    return std::prev(after)->second.slot;
}

std::optional<Timestamp> PriceBook::next_after(Timestamp moment) const {
    const auto after = slots_.upper_bound(moment);
    return after == slots_.end() ? std::nullopt : std::optional(after->first);
}

void PriceBook::forget_before(Timestamp moment) {
    while (!slots_.empty() && slots_.begin()->second.slot.end <= moment) {
        slots_.erase(slots_.begin());
    }
}

}  // namespace sunherd::tariffs
