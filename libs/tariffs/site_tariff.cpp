#include "tariffs/site_tariff.hpp"

#include "site/local_span.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::tariffs {
namespace {

using site::TariffTime;

/// `MM-DD` of a day, which compares as the days do.
std::string month_and_day(date::local_days day) {
    return date::format("%m-%d", day);
}

bool is_season(const TariffTime& time, date::local_days day) {
    if (time.season_from.empty()) {
        return true;
    }
    const auto now = month_and_day(day);
    return time.season_from <= time.season_to ? time.season_from <= now && now <= time.season_to
                                              : now >= time.season_from || now <= time.season_to;
}

bool is_day_of(const TariffTime& time, date::local_days day) {
    return is_season(time, day) && site::is_weekday_of(time.weekdays, day);
}

void take_first(std::optional<double>& to, const std::optional<double>& from) {
    to = to ? to : from;
}

double rounded(double price) {
    return std::round(price * 1e6) / 1e6;
}

}  // namespace

SiteTariff::SiteTariff(site::Tariff tariff, const std::string& time_zone)
    : tariff_(std::move(tariff)), time_zone_(time_zone) {}

SiteTariff::Stretch SiteTariff::stretch_at(Timestamp moment) const {
    const date::time_zone& zone = *date::locate_zone(time_zone_);
    const auto today = date::floor<date::days>(zone.to_local(moment));
    Stretch stretch{zone.to_sys(date::local_seconds(today), date::choose::earliest),
                    zone.to_sys(date::local_seconds(today + date::days(1)), date::choose::earliest),
                    {}};
    const auto narrow = [&](Timestamp edge) {
        (edge <= moment ? stretch.start : stretch.end) =
            edge <= moment ? std::max(stretch.start, edge) : std::min(stretch.end, edge);
    };
    for (const auto& time : tariff_.times) {
        bool holds = false;
        for (const auto day : {today - date::days(1), today}) {
            if (const auto span = site::span_on(day, time.from, time.to, zone); is_day_of(time, day)) {
                narrow(span.begin);
                narrow(span.end);
                holds = holds || span.has(moment);
            }
        }
        if (holds) {
            take_first(stretch.prices.energy_per_kwh, time.energy_per_kwh);
            take_first(stretch.prices.fees_per_kwh, time.fees_per_kwh);
            take_first(stretch.prices.feed_in_per_kwh, time.feed_in_per_kwh);
        }
    }
    return stretch;
}

std::optional<PriceSlot> SiteTariff::at(Timestamp moment, const PriceBook& market) const {
    const auto stretch = stretch_at(moment);
    PriceSlot slot{.start = stretch.start, .end = stretch.end};
    auto energy = stretch.prices.energy_per_kwh ? stretch.prices.energy_per_kwh : tariff_.energy_per_kwh;
    slot.feed_in_per_kwh = stretch.prices.feed_in_per_kwh.value_or(tariff_.feed_in_per_kwh);
    slot.co2_g_per_kwh = tariff_.co2_g_per_kwh;
    if (tariff_.slots) {
        const auto told = market.at(moment);
        if (!told) {
            return std::nullopt;
        }
        slot.start = std::max(slot.start, told->start);
        slot.end = std::min(slot.end, told->end);
        energy = told->energy_price_per_kwh.value_or(told->price_per_kwh);
        if (told->feed_in_per_kwh && !stretch.prices.feed_in_per_kwh) {
            slot.feed_in_per_kwh = told->feed_in_per_kwh;
        }
        slot.co2_g_per_kwh = told->co2_g_per_kwh ? told->co2_g_per_kwh : tariff_.co2_g_per_kwh;
        if (tariff_.slots_all_in) {
            slot.energy_price_per_kwh = told->energy_price_per_kwh;
            slot.price_per_kwh = told->price_per_kwh;
            return slot;
        }
    }
    const double fees = stretch.prices.fees_per_kwh.value_or(tariff_.fees_per_kwh);
    slot.energy_price_per_kwh = energy;
    slot.price_per_kwh = rounded((energy.value_or(0) + fees) * (1 + tariff_.tax_pct / 100));
    return slot;
}

std::vector<PriceSlot> SiteTariff::slots(Timestamp from, Timestamp to, const PriceBook& market,
                                         std::size_t most) const {
    std::vector<PriceSlot> all;
    for (auto moment = from; moment < to && all.size() < most;) {
        const auto slot = at(moment, market);
        if (!slot) {
            const auto next = market.next_after(moment);
            if (!next) {
                break;
            }
            moment = *next;
            continue;
        }
        all.push_back(*slot);
        moment = slot->end;
    }
    return all;
}

}  // namespace sunherd::tariffs
