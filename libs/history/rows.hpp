#pragma once

#include "sessions/session.hpp"
#include "topics/messages.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sunherd::history {

using topics::Timestamp;

/// A session with what it came to.
struct SessionRow {
    sessions::Session session{};
    sessions::Totals totals{};
    std::string currency{};
    bool operator==(const SessionRow&) const = default;
};

/// Energies of the site in a stretch of time, Wh.
struct Balance {
    double imported_wh = 0;
    double exported_wh = 0;
    double pv_wh = 0;
    double charged_wh = 0;     ///< into batteries
    double discharged_wh = 0;  ///< out of them
    double evse_wh = 0;
    double import_cost = 0;         ///< at the prices in force
    double export_income = 0;       ///< at the feed-in prices in force
    double unpriced_import_wh = 0;  ///< what is not in `import_cost`
    double unpriced_export_wh = 0;  ///< what is not in `export_income`
    bool operator==(const Balance&) const = default;

    /// What the house itself took.
    double house_wh() const {
        const double rest = imported_wh - exported_wh + pv_wh + discharged_wh - charged_wh - evse_wh;
        return rest > 0 ? rest : 0;
    }
    void add(const Balance& more);
};

/// Its columns and what is in them, in their order.
inline constexpr std::array kBalanceColumns{std::pair{"imported_wh", &Balance::imported_wh},
                                            std::pair{"exported_wh", &Balance::exported_wh},
                                            std::pair{"pv_wh", &Balance::pv_wh},
                                            std::pair{"charged_wh", &Balance::charged_wh},
                                            std::pair{"discharged_wh", &Balance::discharged_wh},
                                            std::pair{"evse_wh", &Balance::evse_wh},
                                            std::pair{"import_cost", &Balance::import_cost},
                                            std::pair{"export_income", &Balance::export_income},
                                            std::pair{"unpriced_import_wh", &Balance::unpriced_import_wh},
                                            std::pair{"unpriced_export_wh", &Balance::unpriced_export_wh}};

struct TimedBalance {
    Timestamp start{};
    Balance balance{};
};

/// A local day.
struct Day {
    std::string date{};  ///< `2026-06-21`
    Timestamp start{};
    Timestamp end{};
    bool operator<(const Day& other) const { return date < other.date; }
};

struct DayBalance {
    Day day{};
    Balance balance{};
};

struct TariffSlot {
    std::string tariff{};
    std::string currency{};
    topics::PriceSlot slot{};
};

/// What one step brought, to be written in one transaction.
struct Changes {
    std::vector<SessionRow> sessions{};
    /// Whole slices (not what was added), by session and start.
    std::map<std::pair<std::string, Timestamp>, sessions::Slice> slices{};
    std::map<Timestamp, Balance> balances{};  ///< what is to be added, by the start of a quarter of an hour
    std::vector<Day> days{};                  ///< that those belong to
    std::vector<TariffSlot> prices{};
    /// For what has none yet, in order of time.
    std::vector<topics::PriceSlot> late_prices{};
    std::vector<topics::Event> events{};
    std::vector<topics::CommandResult> commands{};
    std::map<std::string, std::string> states{};  ///< the writer's own, by name

    bool empty() const;
};

}  // namespace sunherd::history
