#pragma once

#include "site/site.hpp"
#include "topics/messages.hpp"
#include "topics/names.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sunherd::ctl {

/// The newest message of each topic that `sunherdctl watch` shows.
struct StatusView {
    std::optional<topics::GridReading> grid;
    std::map<std::string, topics::PvReading> pv;
    std::map<std::string, topics::BatteryReading> batteries;
    std::map<std::string, topics::EvseState> evses;
    std::map<std::string, topics::EvseApplied> applied;
    std::map<std::string, topics::ControlEvse> controls;
    std::optional<topics::ControlSite> site;
    std::map<std::string, topics::Presence> services;
    std::optional<topics::Event> event;
};

/// Takes a received message into the view; false if it is none that is shown.
bool take(StatusView& view, const topics::Parsed& topic, const std::string& payload);

/// `HH:MM:SS` as people read it.
using LocalTime = std::function<std::string(topics::Timestamp)>;

/// What is shown, one line for the house and one for each EVSE, none wider than `width` characters.
std::vector<std::string> status_lines(const StatusView& view, topics::Timestamp now,
                                      const LocalTime& local_time, std::size_t width);

}  // namespace sunherd::ctl
