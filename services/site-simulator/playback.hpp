#pragma once

#include "house/prices.hpp"
#include "house/visits.hpp"
#include "simulated_site.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sunherd::simulator {

/// The command line's words, as they come.
struct Arguments {
    std::string trace{};
    std::string from{};
    std::string speed{};
    std::string minutes{};
    std::string cars{};
    std::string ports{};
    std::string sunspec{};
    std::string bind{};
    std::string seed{};
    std::string hidden{};
    std::string monitoring_s{};
    std::string restart_s{};
};

/// What is played, read and checked.
struct Playback {
    SiteSettings settings;
    std::shared_ptr<const house::DemandSource> demand;
    std::vector<std::vector<house::Visit>> visits;  ///< of each EVSE of the site file
    std::optional<std::chrono::milliseconds> ends_after;
    std::string bind;
    std::shared_ptr<const house::PriceSource> prices;  ///< nullptr: the trace has none
};

/// Reads the trace, and `sessions.csv` and `prices.csv` beside it. Errors say which option or which line of
/// which file.
tl::expected<Playback, std::string> load_playback(const Arguments& arguments, const site::Site& site);

/// The first local 10:00 after which the sun shines (an hour with at least half of the highest PV of the
/// trace); without such a day the first local 10:00, without that the beginning.
topics::Timestamp best_start(const house::Trace& trace, const std::string& time_zone);

}  // namespace sunherd::simulator
