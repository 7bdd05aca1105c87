#include "statement.hpp"

#include <algorithm>

namespace sunherd::report {
namespace {

constexpr std::chrono::hours kDaysShown{24 * 62};
constexpr std::size_t kMostBars = 62;

bool counts(const history::SessionRow& row) {
    return row.session.end && row.totals.energy_wh > 0;
}

Group& group_of(std::vector<Group>& groups, const std::string& name) {
    const auto found = std::ranges::find(groups, name, &Group::name);
    return found != groups.end() ? *found : groups.emplace_back(Group{.name = name});
}

std::vector<Bar> bars_of(const std::vector<history::SessionRow>& rows, Timestamp from, Timestamp to,
                         const std::string& time_zone) {
    const auto first = std::ranges::find_if(rows, counts);
    if (first == rows.end()) {
        return {};
    }
    from = std::max(from, first->session.start);
    to = std::min(to, rows.back().session.start + std::chrono::milliseconds(1));
    const auto period = to - from > kDaysShown ? history::Period::month : history::Period::day;
    std::vector<Bar> bars;
    for (const auto& span : history::spans(from, to, period, time_zone, kMostBars)) {
        bars.push_back({.span = span});
    }
    for (const auto& row : rows) {
        const auto bar = std::ranges::find_if(bars, [&](const Bar& each) {
            return each.span.start <= row.session.start && row.session.start < each.span.end;
        });
        if (counts(row) && bar != bars.end()) {
            history::add(bar->totals, row.totals, false);
        }
    }
    return bars;
}

}  // namespace

void Sum::add(const history::SessionRow& row) {
    history::add(totals, row.totals, sessions == 0);
    ++sessions;
}

double Sum::own_pct() const {
    return totals.energy_wh > 0 ? 100 * (totals.sun_wh + totals.battery_wh) / totals.energy_wh : 0;
}

Statement make_statement(const std::vector<history::SessionRow>& rows, Timestamp from, Timestamp to,
                         const std::string& time_zone, const std::map<std::string, std::string>& names) {
    Statement statement;
    for (const auto& row : rows) {
        if (!row.session.end) {
            statement.running.add(row);
        }
        if (!counts(row)) {
            continue;
        }
        const auto name = names.find(row.session.evse);
        auto& evse = group_of(statement.evses, name == names.end() ? row.session.evse : name->second);
        evse.sum.add(row);
        evse.sessions.push_back(&row);
        if (row.session.vehicle) {
            group_of(statement.vehicles, *row.session.vehicle).sum.add(row);
        }
        statement.sum.add(row);
        statement.currency = row.currency;
    }
    statement.bars = bars_of(rows, from, to, time_zone);
    return statement;
}

}  // namespace sunherd::report
