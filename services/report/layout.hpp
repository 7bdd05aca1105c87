#pragma once

#include "sheet.hpp"
#include "site/site.hpp"
#include "statement.hpp"
#include "texts.hpp"

namespace sunherd::report {

/// All that a statement shows besides its sessions.
struct Frame {
    const site::Site& site;
    Timestamp from{};
    Timestamp to{};
    Timestamp made{};
    bool german = false;
};

/// Sets it; `pages`: how many there are in all, for the foot of each. Gives how many there were: the first
/// time one asks with 0.
int set_statement(Sheet& sheet, const Statement& statement, const Frame& frame, int pages);

}  // namespace sunherd::report
