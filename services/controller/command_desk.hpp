#pragma once

#include "commands.hpp"
#include "service/service.hpp"

#include <functional>
#include <map>

namespace sunherd::controller {

/// Takes people's commands, answers each on `command/result`, and keeps what is in force across restarts. A
/// flood is taken in as it can be carried out: then the newest command of each topic counts.
class CommandDesk {
  public:
    /// Commands carried out at once, and then per second; more wait, the newest of each topic.
    static constexpr int kAtOnce = 50;
    static constexpr std::chrono::milliseconds kPause{250};

    /// limits: what commands must keep to, asked anew each time; changed: called after overrides changed.
    CommandDesk(service::Context& context, std::function<CommandLimits()> limits,
                std::function<void()> changed);

    const Overrides& overrides() const { return overrides_; }
    /// Ends overrides that are over; once a second.
    void tick();

  private:
    struct Waiting {
        topics::Parsed topic;
        topics::Command command;
        bus::Incoming raw;
    };

    void load();
    void save();
    void refuse(const topics::Parsed& topic, const bus::Incoming& raw, const std::string& why);
    void answer(const bus::Incoming& raw, const topics::Command& command, const Answer& given);
    void take(const topics::Parsed& topic, const topics::Command& command, const bus::Incoming& raw);
    void take_waiting();
    void carry_out(const topics::Parsed& topic, const topics::Command& command, const bus::Incoming& raw);

    service::Context& context_;
    std::function<CommandLimits()> limits_;
    std::function<void()> changed_;
    Overrides overrides_;
    Overrides saved_;
    bool save_failed_ = false;
    int budget_ = kAtOnce;
    std::map<std::string, Waiting> waiting_;  // by topic
    std::uint64_t replaced_ = 0;
};

}  // namespace sunherd::controller
