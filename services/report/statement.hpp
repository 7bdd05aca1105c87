#pragma once

#include "history/rows.hpp"
#include "history/summary.hpp"

#include <map>
#include <string>
#include <vector>

/// Statements that a landlord or a tax office accepts.
namespace sunherd::report {

using topics::Timestamp;

/// What sessions came to together. Costs are sums of those to the cent, so that a reader can add them up.
struct Sum {
    std::size_t sessions = 0;
    sessions::Totals totals{};
    void add(const history::SessionRow& row);
    /// Of the energy that came from sun or battery, %.
    double own_pct() const;
};

struct Group {
    std::string name;
    Sum sum{};
    std::vector<const history::SessionRow*> sessions{};
};

/// A bar of the chart: a day, or a month where there are many days.
struct Bar {
    history::Span span{};
    sessions::Totals totals{};
};

/// Sessions that have ended and had energy, by wall box and by car, and their sums.
struct Statement {
    std::vector<Group> evses{};
    std::vector<Group> vehicles{};  ///< where any is known
    std::vector<Bar> bars{};
    Sum sum{};
    Sum running{};  ///< what has not ended: said, so that nobody misses it, and in no other sum
    std::string currency = "EUR";
};

/// rows: the oldest first; they have to outlive the statement. More than two months are shown by months.
Statement make_statement(const std::vector<history::SessionRow>& rows, Timestamp from, Timestamp to,
                         const std::string& time_zone, const std::map<std::string, std::string>& names);

}  // namespace sunherd::report
