#pragma once

#include "site/document.hpp"

#include <set>

namespace sunherd::site {

/// A site in the making: its typed values, the tree they were made of, and where to say what is wrong.
struct Draft {
    const Site& site;
    const Value& root;
    Problems& problems;
    std::set<std::string_view>
        wrong_sections;  ///< not converted, hence nothing can be said about what refers to them

    bool right(std::initializer_list<std::string_view> sections) const;
    /// key: a path in the file, which gives the line.
    void add(const std::string& key, std::string text) const;
};

/// What a schema can't say: references, uniqueness, sums, time zones. Looks only at sections whose shape is
/// right, so that one mistake is not told twice.
void check_whole(const Site& site, const Value& root, Problems& problems);

/// Its part for each EVSE: currents, phases, endpoint, windows, Load Guard restart.
void check_evses(const Draft& draft);

/// What a kWh costs, and who reaches us by HTTP.
void check_market_and_http(const Draft& draft);

/// `evses[2].host`
std::string item_key(std::string_view list, std::size_t index, std::string_view key);

}  // namespace sunherd::site
