#pragma once

#include "topics/messages.hpp"

#include <string>

namespace sunherd::influx {

/// Whom lines are about.
struct Charger {
    std::string site;
    std::string id;
    std::string name;  ///< for people
};

/// Lines that dashboards made for a Tesla Wall Connector look for, of any EVSE, with tags `charger_id`,
/// `charger_name`, `site`. Each function appends, and says how many.

/// `twc_vitals` and, where the EVSE counts, `twc_lifetime`.
std::size_t append_vitals(const Charger& charger, const topics::EvseState& state, std::string& out);
/// `twc_session`: one that ended. Times are ms since 1970.
std::size_t append_session(const Charger& charger, const topics::Session& session, std::string& out);
/// `comed_price` and `comed_price_hourly`, in cents, at the beginning of the five minutes.
std::size_t append_comed_price(const std::string& site, const topics::TariffNow& tariff, std::string& out);

}  // namespace sunherd::influx
