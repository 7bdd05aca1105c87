#include "history/rows.hpp"

namespace sunherd::history {

void Balance::add(const Balance& more) {
    imported_wh += more.imported_wh;
    exported_wh += more.exported_wh;
    pv_wh += more.pv_wh;
    charged_wh += more.charged_wh;
    discharged_wh += more.discharged_wh;
    evse_wh += more.evse_wh;
    import_cost += more.import_cost;
    export_income += more.export_income;
    unpriced_import_wh += more.unpriced_import_wh;
}

bool Changes::empty() const {
    return sessions.empty() && slices.empty() && balances.empty() && days.empty() && prices.empty() &&
           late_prices.empty() && events.empty() && commands.empty() && states.empty();
}

}  // namespace sunherd::history
