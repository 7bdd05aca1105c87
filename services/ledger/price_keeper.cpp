#include "price_keeper.hpp"

#include "topics/names.hpp"

#include <algorithm>

namespace sunherd::ledger {
namespace {

using namespace std::chrono_literals;
using FiveMinutes = std::chrono::duration<std::int64_t, std::ratio<300>>;

constexpr std::size_t kMostToldSlots = 400;
constexpr auto kRemembered = 48h;

bool is_in(const std::optional<topics::PriceSlot>& slot, Timestamp moment) {
    return slot && slot->start <= moment && moment < slot->end;
}

}  // namespace

PriceKeeper::PriceKeeper(const site::Site& site, const std::vector<history::TariffSlot>& known)
    : own_(site.tariff.has_value()), time_zone_(site.time_zone), currency_("EUR") {
    if (own_) {
        currency_ = site.tariff->currency;
        tariff_.emplace(*site.tariff, time_zone_);
    }
    for (const auto& [tariff, currency, slot] : known) {
        if (tariff == topics::kSiteTariff) {
            written_.insert_or_assign(slot.start, slot);
        } else if (books_.contains(tariff) || books_.size() < kMostTariffs) {
            books_[tariff].add(slot);
            follow(tariff, currency);
        }
    }
}

/// Without a tariff of its own the site has the first one that is told of.
void PriceKeeper::follow(const std::string& tariff, const std::string& currency) {
    if (!own_ && (!tariff_ || tariff == books_.begin()->first)) {
        currency_ = currency;
        tariff_.emplace(site::Tariff{.currency = currency, .slots = tariff, .slots_all_in = true},
                        time_zone_);
    }
}

const tariffs::PriceBook& PriceKeeper::market() const {
    static const tariffs::PriceBook kNone;
    const auto found = tariff_ ? books_.find(tariff_->settings().slots.value_or("")) : books_.end();
    return found == books_.end() ? kNone : found->second;
}

void PriceKeeper::take(const std::string& tariff, const topics::TariffNow& now, history::Changes& changes) {
    add(tariff, now.currency, tariffs::slot_of(now), changes);
}

void PriceKeeper::take(const std::string& tariff, const topics::TariffForecast& forecast,
                       history::Changes& changes) {
    for (const auto& slot : forecast.slots) {
        add(tariff, forecast.currency, slot, changes);
    }
}

void PriceKeeper::add(const std::string& tariff, const std::string& currency, const topics::PriceSlot& slot,
                      history::Changes& changes) {
    const bool listened_to = books_.contains(tariff) || books_.size() < kMostTariffs;
    const bool foreign_money = own_ && tariff_->settings().slots == tariff && currency != currency_;
    if (tariff == topics::kSiteTariff || !listened_to || foreign_money ||
        books_[tariff].at(slot.start) == slot || !books_[tariff].add(slot)) {
        return;
    }
    changes.prices.push_back({tariff, currency, slot});
    follow(tariff, currency);
    last_asked_.reset();
    if (tariff_ && tariff_->settings().slots == tariff) {
        std::ranges::copy(tariff_->slots(slot.start, std::min(slot.end, slot.start + kRemembered), market(),
                                         kMostToldSlots),
                          std::back_inserter(changes.late_prices));
    }
}

std::optional<topics::PriceSlot> PriceKeeper::at(Timestamp moment) const {
    if (!tariff_) {
        return std::nullopt;
    }
    if (!is_in(last_asked_, moment)) {
        last_asked_ = tariff_->at(moment, market());
    }
    return last_asked_;
}

energy::Bucket PriceKeeper::bucket(Timestamp moment) const {
    const Timestamp start = std::chrono::floor<FiveMinutes>(moment);
    energy::Bucket bucket{start, start + FiveMinutes(1)};
    if (const auto slot = at(moment)) {
        bucket.start = std::max(bucket.start, slot->start);
        bucket.end = std::min(bucket.end, slot->end);
    }
    return bucket;
}

std::vector<topics::PriceSlot> PriceKeeper::ahead(Timestamp now) const {
    return tariff_ ? tariff_->slots(now, now + kAhead, market(), kMostToldSlots)
                   : std::vector<topics::PriceSlot>{};
}

bool PriceKeeper::refresh(Timestamp now, history::Changes& changes) {
    bool any = false;
    for (const auto& slot : ahead(now)) {
        auto& written = written_[slot.start];
        if (!(written == slot)) {
            written = slot;
            changes.prices.push_back({std::string(topics::kSiteTariff), currency_, slot});
            any = true;
        }
    }
    for (auto at = written_.begin(); at != written_.end() && at->second.end <= now;) {
        at = written_.erase(at);
    }
    for (auto& [id, book] : books_) {
        book.forget_before(now - kRemembered);
    }
    return any;
}

}  // namespace sunherd::ledger
