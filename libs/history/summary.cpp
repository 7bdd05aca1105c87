#include "history/summary.hpp"

#include <date/tz.h>

#include <algorithm>

namespace sunherd::history {
namespace {

using date::local_days;

Timestamp midnight(local_days day, const date::time_zone& zone) {
    return zone.to_sys(date::local_seconds(day), date::choose::earliest);
}

std::string week_name(local_days day) {
    const auto thursday = day - (date::weekday(day) - date::Monday) + date::days(3);
    const auto year = date::year_month_day(thursday).year();
    const auto week = (thursday - local_days(year / date::January / 1)).count() / 7 + 1;
    return date::format("%Y-W", thursday) + (week < 10 ? "0" : "") + std::to_string(week);
}

struct Days {
    std::string name;
    local_days first;
    local_days after;
};

Days days_of(local_days day, Period period) {
    const date::year_month_day ymd(day);
    switch (period) {
        case Period::day:
            break;
        case Period::week: {
            const auto monday = day - (date::weekday(day) - date::Monday);
            return {week_name(day), monday, monday + date::days(7)};
        }
        case Period::month: {
            const auto month = ymd.year() / ymd.month();
            return {date::format("%Y-%m", day), local_days(month / 1),
                    local_days((month + date::months(1)) / 1)};
        }
        case Period::year:
            return {date::format("%Y", day), local_days(ymd.year() / date::January / 1),
                    local_days((ymd.year() + date::years(1)) / date::January / 1)};
    }
    return {date::format("%F", day), day, day + date::days(1)};
}

}  // namespace

Span span_of(Timestamp moment, Period period, const std::string& time_zone) {
    const date::time_zone& zone = *date::locate_zone(time_zone);
    const auto days = days_of(date::floor<date::days>(zone.to_local(moment)), period);
    return {days.name, midnight(days.first, zone), midnight(days.after, zone)};
}

Day day_of(Timestamp moment, const std::string& time_zone) {
    auto span = span_of(moment, Period::day, time_zone);
    return {std::move(span.name), span.start, span.end};
}

std::vector<Span> spans(Timestamp from, Timestamp to, Period period, const std::string& time_zone,
                        std::size_t most) {
    std::vector<Span> all;
    for (auto at = to - std::chrono::milliseconds(1); at >= from && all.size() < most;) {
        all.push_back(span_of(at, period, time_zone));
        at = all.back().start - std::chrono::milliseconds(1);
    }
    std::ranges::reverse(all);
    return all;
}

void add(sessions::Totals& sum, const sessions::Totals& more, bool first) {
    sum.energy_wh += more.energy_wh;
    sum.sun_wh += more.sun_wh;
    sum.battery_wh += more.battery_wh;
    sum.grid_wh += more.grid_wh;
    sum.unpriced_wh += more.unpriced_wh;
    if (more.cost) {
        sum.cost = sessions::to_the_cent(sum.cost.value_or(0) + *more.cost);
    }
    if (first) {
        sum.co2_g = more.co2_g;
    } else if (sum.co2_g && more.co2_g) {
        *sum.co2_g += *more.co2_g;
    } else {
        sum.co2_g.reset();
    }
}

std::vector<Sum> sum_up(const std::vector<Span>& spans, const std::vector<SessionRow>& sessions,
                        const std::vector<DayBalance>& days) {
    std::vector<Sum> sums;
    for (const auto& span : spans) {
        sums.push_back({.span = span});
    }
    const auto sum_at = [&](Timestamp moment) {
        const auto after =
            std::ranges::upper_bound(sums, moment, {}, [](const Sum& sum) { return sum.span.start; });
        const auto found = after == sums.begin() ? sums.end() : std::prev(after);
        return found != sums.end() && moment < found->span.end ? &*found : nullptr;
    };
    for (const auto& row : sessions) {
        // One without energy says nothing of emissions.
        if (Sum* sum = sum_at(row.session.start); sum != nullptr && row.totals.energy_wh > 0) {
            add(sum->charging, row.totals, sum->sessions == 0);
            ++sum->sessions;
        }
    }
    for (const auto& row : days) {
        if (Sum* sum = sum_at(row.day.start)) {
            sum->site.add(row.balance);
        }
    }
    return sums;
}

}  // namespace sunherd::history
