#pragma once

#include "arrival.hpp"
#include "history/rows.hpp"
#include "price_keeper.hpp"
#include "sessions/session_tracker.hpp"
#include "site_meters.hpp"
#include "taken.hpp"
#include "topics/codec.hpp"
#include "topics/names.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sunherd::ledger {

/// Makes sessions, energies and prices of what is published. Pure: messages go in, changes of the database
/// come out; what it has to know after a restart is among them.
class Book {
  public:
    /// EVSEs that are followed at most; who may publish may name them.
    static constexpr std::size_t kMostEvses = 256;
    /// Events and results of commands that are kept of one step.
    static constexpr std::size_t kMostWords = 500;

    /// What the database knows.
    struct Known {
        std::map<std::string, std::string> states{};
        std::map<std::string, sessions::Slices> slices{};  ///< of the sessions that run, by their id
        std::vector<history::TariffSlot> prices{};
    };
    /// The ids of the sessions that run by these states, to read their slices.
    static std::vector<std::string> running_sessions(const std::map<std::string, std::string>& states);

    Book(const site::Site& site, const topics::Names& names, const Known& known);

    /// One message. What is wrong with it, if it is refused.
    std::optional<std::string> take(const Arrival& arrival);
    /// What was brought about since the last call; to be written as one.
    history::Changes changes(Timestamp now);

    struct Told {
        std::string evse;
        topics::Session session;
    };
    /// Sessions that run, as they are now, where they changed since the last call: but for their duration,
    /// which is told once a minute.
    std::vector<Told> running();
    bool is_running(const std::string& evse) const;
    /// Those that ended since the last call.
    std::vector<Told> ended();

    const PriceKeeper& prices() const { return prices_; }
    /// Prices ahead changed since the last call.
    bool prices_changed();

  private:
    struct Evse {
        sessions::SessionTracker tracker;
        sessions::Slices slices{};  ///< of the session that runs
        bool changed = false;       ///< since it was written
        std::optional<topics::Session> told{};
    };
    struct Mode {
        topics::ChargeMode mode{};
        template <class Self, class Visitor>
        static void describe(Self& m, Visitor& field) {
            field("mode", m.mode);
        }
        bool operator==(const Mode&) const = default;
    };
    template <class M, class F>
    std::optional<std::string> decoded(const Arrival& arrival, const F& take);
    /// The same for a reading, which is taken once.
    template <class M, class F>
    std::optional<std::string> once(const Arrival& arrival, const F& take);
    std::optional<std::string> take_prices(const topics::Parsed& topic, const Arrival& arrival);
    std::optional<double> elapsed(const Arrival& arrival);
    std::optional<std::string> take_reading(const topics::Parsed& topic, const Arrival& arrival);
    std::optional<std::string> take_word(const topics::Parsed& topic, const Arrival& arrival);
    void take_evse(const std::string& id, const topics::EvseState& state, const Arrival& arrival);
    Evse* evse(const std::string& id);
    std::optional<std::string> vehicle_at(const std::string& evse) const;
    void add_flows(Evse& evse, const std::string& session, const std::vector<energy::Flow>& flows);
    void add_balance(SiteMeters::Counted counted, const energy::Flow& flow);
    history::SessionRow row_of(const sessions::Session& session, const sessions::Slices& slices) const;
    void price_late(const std::vector<topics::PriceSlot>& slots);
    energy::Buckets buckets() const;
    bool any_runs() const;

    const site::Site& site_;
    topics::Names names_;
    PriceKeeper prices_;
    SiteMeters meters_;
    Taken taken_;
    std::map<std::string, Evse> evses_;
    std::map<std::string, Mode> modes_;
    std::map<std::string, topics::VehicleState> vehicles_;  ///< but for what nobody needs here
    bool words_changed_ = false;                            ///< one of those
    std::map<std::string, std::chrono::steady_clock::time_point> received_;  ///< by topic
    history::Changes pending_;
    std::vector<Told> ended_;
    bool prices_changed_ = true;
    bool anything_ = false;
};

}  // namespace sunherd::ledger
