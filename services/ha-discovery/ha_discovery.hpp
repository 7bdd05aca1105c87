#pragma once

#include "announcer.hpp"
#include "catalogue.hpp"
#include "energy_book.hpp"
#include "service/service.hpp"
#include "topics/home_assistant.hpp"

#include <optional>
#include <random>

namespace sunherd::ha {

/// Announces everything of the site to Home Assistant, and counts energies as its Energy dashboard wants
/// them. Touches nothing and decides nothing: states are on the contract's own topics, commands go to the
/// controller.
class HaDiscovery : public service::Service {
  public:
    /// After connecting: what is retained comes first. After something new: more of it may follow.
    static constexpr std::chrono::milliseconds kSettle{1500};
    static constexpr std::chrono::milliseconds kEnergyPeriod{10000};
    /// Home Assistant has just started: all that it is told at once waits for each other.
    static constexpr std::chrono::milliseconds kLongestDelay{5000};
    /// Tariffs and vehicles that are announced at most; anybody with an account for people may name them.
    static constexpr std::size_t kMostFeeds = 32;

    explicit HaDiscovery(service::Context& context);

  private:
    void listen();
    void listen_for_energy();
    void take_config(const bus::Incoming& raw);
    void home_assistant_started(const bus::Incoming& raw);
    /// Notes which fields a message has; announces anew where some are new.
    void note_fields(const bus::Incoming& raw);
    template <class M>
    void note_feed(std::map<std::string, M>& feeds, const std::string& id, const M& message);
    void announce_soon();
    void announce();
    void publish_energy();

    service::Context& context_;
    PayloadOptions options_;
    topics::HomeAssistantNames ha_names_;
    Announcer announcer_;
    Heard heard_;
    EnergyBook energy_;
    std::optional<std::uint64_t> announcing_;
    bool settled_ = false;  ///< what was retained has come
    std::minstd_rand random_;
};

}  // namespace sunherd::ha
