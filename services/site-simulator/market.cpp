#include "market.hpp"

#include <date/tz.h>

#include <cmath>
#include <utility>

namespace sunherd::simulator {
namespace {

using namespace std::chrono_literals;

constexpr auto kPublished = 13h;  ///< local time at which the next day's prices come out
constexpr std::size_t kMostSlots = 250;

}  // namespace

Market::Market(std::shared_ptr<const house::PriceSource> prices, double speed, const std::string& time_zone)
    : prices_(std::move(prices)), speed_(speed), time_zone_(time_zone) {}

topics::Timestamp Market::known_until(topics::Timestamp played) const {
    const date::time_zone& zone = *date::locate_zone(time_zone_);
    const auto local = zone.to_local(played);
    const auto day = date::floor<date::days>(local);
    const auto days = local - day >= kPublished ? 2 : 1;
    return zone.to_sys(date::local_seconds(day + date::days(days)), date::choose::earliest);
}

topics::PriceSlot Market::as_of_now(topics::PriceSlot slot) const {
    const auto moved = [&](topics::Timestamp played) {
        const double ms = static_cast<double>((played - began_->played).count()) / speed_;
        return began_->now + std::chrono::milliseconds(std::llround(ms));
    };
    slot.start = moved(slot.start);
    slot.end = std::max(moved(slot.end), slot.start + 1ms);
    return slot;
}

Market::News Market::look(const Moment& moment) {
    began_ = began_.value_or(moment);
    News news;
    const auto until = known_until(moment.played);
    const auto slots = prices_->slots(moment.played, until);
    if (slots.empty() || slots.front().start > moment.played) {
        return news;
    }
    if (std::exchange(told_, slots.front().start) != slots.front().start) {
        const auto slot = as_of_now(slots.front());
        auto& now = news.now.emplace();
        now.currency = prices_->currency();
        now.price_per_kwh = slot.price_per_kwh;
        now.energy_price_per_kwh = slot.energy_price_per_kwh;
        now.co2_g_per_kwh = slot.co2_g_per_kwh;
        now.valid_from = slot.start;
        now.valid_until = slot.end;
    }
    if (std::exchange(told_until_, until) != until) {
        auto& forecast = news.forecast.emplace();
        forecast.currency = prices_->currency();
        for (std::size_t i = 0; i < slots.size() && i < kMostSlots; ++i) {
            forecast.slots.push_back(as_of_now(slots[i]));
        }
    }
    return news;
}

}  // namespace sunherd::simulator
