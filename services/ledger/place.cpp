#include "place.hpp"

#include <algorithm>
#include <sstream>

namespace sunherd::ledger {

std::string to_text(const Place& place) {
    return std::to_string(place.position.file) + ' ' + std::to_string(place.position.offset) + ' ' +
           place.spool;
}

Place place_of(const std::string& text) {
    std::istringstream in(text);
    Place place;
    return in >> place.position.file >> place.position.offset >> place.spool ? place : Place{};
}

spool::Position goes_on_at(const std::string& text, const spool::Spool& spool, spool::Position reached) {
    const auto place = place_of(text);
    return place.spool == spool.id() ? std::min(place.position, reached) : spool.released();
}

}  // namespace sunherd::ledger
