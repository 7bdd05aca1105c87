#pragma once

#include "announcements.hpp"
#include "command_desk.hpp"
#include "energy_count.hpp"
#include "engine/decide.hpp"
#include "service/service.hpp"
#include "site_picture.hpp"

#include <map>

/// Turns readings into setpoints: keeps the latest of everything, asks the engine whenever a grid reading, a
/// state of an EVSE or a command comes, and publishes what changed. Touches no device and decides nothing
/// itself.
///
/// Before the first fresh grid reading it publishes no setpoint: the actuator keeps fallbacks by itself.
/// Later, when readings are missing, the engine's fallback decisions are published.
namespace sunherd::controller {

class Controller : public service::Service {
  public:
    /// Setpoints are repeated so often, that two may be lost within a lease.
    static constexpr std::chrono::milliseconds kRepeat{kLease / 3};
    /// control/… is published on a change of what it says, its numbers at most once a second, all at least so
    /// often.
    static constexpr std::chrono::milliseconds kAnnounce{10000};
    static constexpr std::chrono::milliseconds kNumbers{1000};

    explicit Controller(service::Context& context);
    void stopping() override { desk_.save(); }

  private:
    using Moment = service::Steady::time_point;
    template <class M>
    struct Said {
        M message;
        Moment at;
    };

    void subscribe();
    void take_applied(const std::string& id, const topics::EvseApplied& applied, const bus::Incoming& raw);
    void rise_above(std::uint64_t epoch);
    void count_energy(const std::string& evse, const topics::EvseState& state, Moment received);
    /// A button; says what it does.
    std::string press(const std::string& evse, std::string_view button);
    void decide();
    void plan_wake_up();
    void publish(Moment now, const engine::Site& site);
    void cut_off(const std::string& evse, Moment now);
    void publish_setpoint(const engine::EvseDecision& decision, Moment now);
    template <class M>
    void announce(const topics::Topic<M>& topic, const M& message, Moment now,
                  std::map<std::string, Said<M>>& said);
    void tell_change_of_state(topics::EmsState before);
    std::optional<std::chrono::milliseconds> grid_age(Moment now) const;

    service::Context& context_;
    SitePicture picture_;
    CommandDesk desk_;
    EnergyCount energy_;
    std::uint64_t epoch_ = 0;
    std::uint64_t epoch_seen_ = 0;  ///< the highest that any controller had
    Moment started_;
    bool succeeded_ = false;  ///< another controller reigns
    bool ready_ = false;      ///< a fresh grid reading has come
    engine::Decision decision_;
    std::optional<std::uint64_t> wake_up_;
    std::map<std::string, Moment> cut_off_;  ///< asked for when
    std::map<std::string, Said<topics::EvseSetpoint>> setpoints_;
    std::map<std::string, Said<topics::ControlEvse>> evse_controls_;
    std::map<std::string, Said<topics::ControlSite>> site_control_;
};

}  // namespace sunherd::controller
