#pragma once

#include "commands.hpp"
#include "rate_limit.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace sunherd::controller {

/// Takes people's commands, answers each on `command/result`, tells on `control/overrides` what is in force,
/// and keeps it across restarts. Whoever sends too many is refused until there is room again. A command with
/// an `id` that was lately answered gets the same answer and does nothing again.
class CommandDesk {
  public:
    struct Hooks {
        std::function<CommandLimits()> limits;  ///< what commands must keep to, asked anew each time
        std::function<void()> changed;          ///< overrides are others now
        /// A button: EVSE ("" = the site) and setting; the answer in words.
        std::function<std::string(const std::string&, std::string_view)> press;
    };
    CommandDesk(service::Context& context, Hooks hooks);

    const Overrides& overrides() const { return overrides_; }
    /// Ends overrides that are over; once a second.
    void tick();
    /// So much was charged: less is left of an energy that was asked for.
    void charged(const std::string& evse, double energy_wh);
    /// What was asked for this visit is over with it.
    void car_left(const std::string& evse);

    /// Writes down what is not yet; by itself a little later.
    void save();

  private:
    void load();
    void tell_overrides();
    /// Tells everybody, where overrides are others than they were told.
    void see_changes();
    void refuse_flood(const bus::Incoming& raw, const topics::Command& command);
    void take(const topics::Parsed& topic, topics::Command command, const bus::Incoming& raw);
    Answer carry_out(const topics::Parsed& topic, const topics::Command& command, bool retained);
    void answer(const bus::Incoming& raw, const topics::Command& command, const Answer& given);
    const Answer* answered_before(const std::string& topic, const topics::Command& command) const;

    service::Context& context_;
    Hooks hooks_;
    Overrides overrides_;
    Overrides saved_;
    Overrides told_;
    bool save_failed_ = false;
    service::Throttle floods_{std::chrono::minutes(1)};
    RateLimit rate_limit_;
    std::deque<std::pair<std::string, Answer>> answered_;  ///< topic and id of the last ones
};

}  // namespace sunherd::controller
