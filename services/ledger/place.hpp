#pragma once

#include "spool/spool.hpp"

#include <string>

namespace sunherd::ledger {

/// How far a spool was read, as the database keeps it.
struct Place {
    spool::Position position{};
    std::string spool{};  ///< its id
};

std::string to_text(const Place& place);
/// Without an id: damaged, or of a version that had none.
Place place_of(const std::string& text);

/// Where to go on in this spool by what the database says: there, also where the spool was released further
/// (a backup took the database's place), but not behind what can have been read, and where it says it of
/// another spool, at this one's beginning.
spool::Position goes_on_at(const std::string& text, const spool::Spool& spool, spool::Position reached);

}  // namespace sunherd::ledger
