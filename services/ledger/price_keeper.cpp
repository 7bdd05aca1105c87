#include "price_keeper.hpp"

#include "topics/names.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace sunherd::ledger {
namespace {

using namespace std::chrono_literals;
using FiveMinutes = std::chrono::duration<std::int64_t, std::ratio<300>>;

constexpr std::size_t kMostToldSlots = 400;
constexpr auto kClocksDiffer = 1min;

bool is_currency(const std::string& text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return 'A' <= c && c <= 'Z'; });
}

/// Of a price for a kWh, and what it has beside it.
bool is_believable(const auto& prices, const std::string& currency) {
    const double most = tariffs::most_per_kwh(currency);
    const auto fits = [most](double price) { return std::abs(price) <= most; };  // no NaN does
    return fits(prices.price_per_kwh) && fits(prices.energy_price_per_kwh.value_or(0)) &&
           fits(prices.feed_in_per_kwh.value_or(0));
}

std::string unbelievable(double price, const std::string& currency) {
    return "a kWh for " + std::to_string(price) + ' ' + currency + ": at most " +
           std::to_string(static_cast<int>(tariffs::most_per_kwh(currency))) + " is believed";
}

bool is_in(const std::optional<topics::PriceSlot>& slot, Timestamp moment) {
    return slot && slot->start <= moment && moment < slot->end;
}

}  // namespace

PriceKeeper::PriceKeeper(const site::Site& site, const std::vector<history::TariffSlot>& known,
                         const std::string& followed)
    : own_(site.tariff.has_value()), time_zone_(site.time_zone), currency_("EUR") {
    if (own_) {
        currency_ = site.tariff->currency;
        tariff_.emplace(*site.tariff, time_zone_);
    }
    for (const auto& [tariff, currency, slot] : known) {
        if (tariff == topics::kSiteTariff) {
            written_.add(slot);
        } else if (const auto market = heard(tariff, currency)) {
            (*market)->book.add(slot);
        }
    }
    if (!own_ && !markets_.empty()) {
        follow(markets_.contains(followed) ? followed : markets_.begin()->first);
    }
}

std::string PriceKeeper::followed() const {
    return tariff_ ? tariff_->settings().slots.value_or("") : std::string();
}

void PriceKeeper::follow(const std::string& tariff) {
    currency_ = markets_[tariff].currency;
    tariff_.emplace(site::Tariff{.currency = currency_, .slots = tariff, .slots_all_in = true}, time_zone_);
    last_asked_.reset();
}

/// Where the site file says nothing of a tariff. Before anybody knows the time it is the first one.
void PriceKeeper::choose() {
    if (own_ || markets_.empty()) {
        return;
    }
    if (!tariff_) {
        follow(markets_.begin()->first);
    }
    if (clock_ == Timestamp{} || market().at(clock_)) {
        return;
    }
    const auto other = std::ranges::find_if(markets_, [&](const auto& each) {
        return each.second.book.at(clock_) && (!session_runs_ || each.second.currency == currency_);
    });
    if (other != markets_.end()) {
        follow(other->first);
    }
}

const tariffs::PriceBook& PriceKeeper::market() const {
    static const tariffs::PriceBook none;
    const auto found = markets_.find(followed());
    return found == markets_.end() ? none : found->second.book;
}

/// nullptr: not listened to.
tl::expected<PriceKeeper::Market*, std::string> PriceKeeper::heard(const std::string& tariff,
                                                                   const std::string& currency) {
    if (!is_currency(currency)) {
        return tl::unexpected(std::string("a currency is three capital letters"));
    }
    if (tariff == topics::kSiteTariff || (!markets_.contains(tariff) && markets_.size() >= kMostTariffs)) {
        return nullptr;
    }
    const bool is_followed = followed() == tariff;
    if (is_followed && currency != currency_ && (own_ || session_runs_)) {
        return tl::unexpected("prices in " + currency + ", where " + currency_ + " is paid");
    }
    auto& market = markets_[tariff];
    if (market.currency != currency) {
        market = {.currency = currency};  // what was told before was of another money
        if (is_followed && !own_) {
            follow(tariff);
        }
    }
    return &market;
}

/// A publisher's clock that is ahead must not outlast those who come after it.
Timestamp PriceKeeper::believed(Timestamp told) const {
    return clock_ == Timestamp{} ? told : std::min<Timestamp>(told, clock_ + kClocksDiffer);
}

std::optional<std::string> PriceKeeper::take(const std::string& tariff, const topics::TariffNow& now,
                                             history::Changes& changes) {
    if (!is_believable(now, now.currency)) {
        return unbelievable(now.price_per_kwh, now.currency);
    }
    const auto market = heard(tariff, now.currency);
    if (!market || *market == nullptr) {
        return market ? std::nullopt : std::optional(market.error());
    }
    auto as_believed = now;
    as_believed.time = believed(now.time);
    keep(tariff, (*market)->book.add(as_believed).value_or(tariffs::Pieces{}), changes);
    return std::nullopt;
}

std::optional<std::string> PriceKeeper::take(const std::string& tariff,
                                             const topics::TariffForecast& forecast,
                                             history::Changes& changes) {
    const auto market = heard(tariff, forecast.currency);
    if (!market || *market == nullptr) {
        return market ? std::nullopt : std::optional(market.error());
    }
    std::optional<std::string> problem;
    for (const auto& slot : forecast.slots) {
        if (is_believable(slot, forecast.currency)) {
            const auto told = believed(forecast.time);
            keep(tariff, (*market)->book.add(slot, told).value_or(tariffs::Pieces{}), changes);
        } else {
            problem = unbelievable(slot.price_per_kwh, forecast.currency);
        }
    }
    return problem;
}

void PriceKeeper::keep(const std::string& tariff, const tariffs::Pieces& pieces, history::Changes& changes) {
    if (pieces.empty()) {
        return;
    }
    for (const auto& piece : pieces) {
        changes.prices.push_back({tariff, markets_[tariff].currency, piece});
    }
    choose();
    last_asked_.reset();
    if (followed() == tariff) {
        for (const auto& piece : pieces) {
            std::ranges::copy(tariff_->slots(piece.start, std::min(piece.end, piece.start + kRemembered),
                                             market(), kMostToldSlots),
                              std::back_inserter(changes.late_prices));
        }
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
    clock_ = now;
    choose();
    last_asked_.reset();
    bool any = false;
    for (const auto& slot : ahead(now)) {
        for (const auto& piece : written_.add(slot).value_or(tariffs::Pieces{})) {
            changes.prices.push_back({std::string(topics::kSiteTariff), currency_, piece});
            any = true;
        }
    }
    written_.forget_before(now);
    for (auto& [id, market] : markets_) {
        market.book.forget_before(now - kRemembered);
    }
    return any;
}

}  // namespace sunherd::ledger
