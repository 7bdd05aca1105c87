#include "tariffs/site_tariff.hpp"

#include <catch2/catch.hpp>
#include <date/tz.h>
#include <rapidcheck.h>

using namespace sunherd;
using namespace sunherd::tariffs;

namespace {

site::TariffTime any_time() {
    site::TariffTime time;
    if (*rc::gen::arbitrary<bool>()) {
        time.weekdays = *rc::gen::unique<std::vector<int>>(rc::gen::inRange(1, 8));
    }
    if (*rc::gen::arbitrary<bool>()) {
        time.season_from = *rc::gen::element<std::string>("01-01", "03-29", "10-25", "12-31");
        time.season_to = *rc::gen::element<std::string>("01-01", "03-30", "10-26", "06-30");
    }
    time.from = std::chrono::minutes(*rc::gen::inRange(0, 24 * 60));
    time.to = std::chrono::minutes(*rc::gen::inRange(0, 24 * 60));
    time.energy_per_kwh = *rc::gen::inRange(0, 100) / 100.0;
    return time;
}

/// What clocks show, asked for each entry on its own: no stretches, no days before.
double price_by_the_clock(const site::Tariff& tariff, const date::time_zone& zone, Timestamp moment) {
    const auto shown = zone.to_local(moment);
    for (const auto& time : tariff.times) {
        for (int back = 0; back < 2; ++back) {
            const auto day = date::floor<date::days>(shown) - date::days(back);
            const auto since_midnight = shown - day;
            const auto to = time.to <= time.from ? time.to + std::chrono::hours(24) : time.to;
            const auto month_day = date::format("%m-%d", day);
            const bool season = time.season_from.empty() ||
                                (time.season_from <= time.season_to
                                     ? time.season_from <= month_day && month_day <= time.season_to
                                     : month_day >= time.season_from || month_day <= time.season_to);
            const auto weekday = static_cast<int>(date::weekday(day).iso_encoding());
            const bool on = time.weekdays.empty() || std::find(time.weekdays.begin(), time.weekdays.end(),
                                                               weekday) != time.weekdays.end();
            if (season && on && since_midnight >= time.from && since_midnight < to) {
                return *time.energy_per_kwh;
            }
        }
    }
    return *tariff.energy_per_kwh;
}

}  // namespace

TEST_CASE("prices are those that the clocks show, and hold all over their slot") {
    const auto& zone = *date::locate_zone("Europe/Berlin");
    CHECK(rc::check([&] {
        site::Tariff settings{.energy_per_kwh = 0.5};
        for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
            settings.times.push_back(any_time());
        }
        const SiteTariff tariff(settings, "Europe/Berlin");
        // Around both changes of the clocks and the year's end, but not in the hours of the change itself,
        // of which what clocks show says too little.
        const auto base = *rc::gen::element<Timestamp>(
            *topics::parse_rfc3339("2026-03-29T04:00:00Z"), *topics::parse_rfc3339("2026-10-25T04:00:00Z"),
            *topics::parse_rfc3339("2026-12-31T12:00:00Z"), *topics::parse_rfc3339("2028-02-29T12:00:00Z"));
        const auto moment = base + std::chrono::seconds(*rc::gen::inRange(0, 40 * 3600));
        const auto slot = tariff.at(moment, {}).value();
        RC_ASSERT(slot.start <= moment);
        RC_ASSERT(moment < slot.end);
        RC_ASSERT(slot.price_per_kwh == price_by_the_clock(settings, zone, moment));
        const auto inside = slot.start + std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(
                                             0, (slot.end - slot.start).count()));
        const auto same = tariff.at(inside, {}).value();
        RC_ASSERT(same.price_per_kwh == slot.price_per_kwh);
        RC_ASSERT(same.start == slot.start);
        RC_ASSERT(same.end == slot.end);
    }));
}
