#pragma once

#include "topics/messages.hpp"

#include <string>

namespace sunherd::influx {

/// What dashboards made for a Tesla Wall Connector look for, of any EVSE: appends a line `twc_vitals` and,
/// where the EVSE counts, one `twc_lifetime`. Tags `site`, `charger_id`, `charger_name`.
void append_wall_connector_lines(const std::string& site, const std::string& id, const std::string& name,
                                 const topics::EvseState& state, std::string& out);

}  // namespace sunherd::influx
