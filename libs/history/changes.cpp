#include "history/rows.hpp"

namespace sunherd::history {

void Balance::add(const Balance& more) {
    for (const auto& [name, column] : kBalanceColumns) {
        this->*column += more.*column;
    }
}

bool Changes::empty() const {
    return sessions.empty() && slices.empty() && balances.empty() && days.empty() && prices.empty() &&
           late_prices.empty() && events.empty() && commands.empty() && states.empty();
}

}  // namespace sunherd::history
