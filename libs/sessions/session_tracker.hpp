#pragma once

#include "energy/energy_meter.hpp"
#include "sessions/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sunherd::sessions {

/// One reading of an EVSE, with what is known beside it.
struct Seen {
    topics::EvseState state;
    std::optional<double> elapsed_s{};  ///< since the reading before, by a clock that nobody sets
    energy::Mix mix{};
    std::optional<topics::ChargeMode> mode{};
    std::optional<std::string> vehicle{};
    double longest_gap_s = energy::EnergyMeter::kLongestGapS;  ///< what lies further apart is a silence
};

/// Recognises the sessions of one EVSE, and says which energy belongs to them. A session lasts from the first
/// reading with a vehicle to the first of those without one that last; an EVSE that is faulty or silent in
/// between does not end it.
class SessionTracker {
  public:
    /// Without a vehicle for so long, a session is over: shorter ones are a plug that was moved.
    static constexpr double kUnpluggedS = 5;
    /// From there on energy flows.
    static constexpr double kChargingW = 100;

    struct State {
        energy::EnergyMeter::State meter{};
        std::optional<Session> session{};
        std::optional<Timestamp> plugged_at{};    ///< of the last reading with a vehicle
        std::optional<Timestamp> unplugged_at{};  ///< of the first reading without one since
        double unplugged_s = 0;
        bool charging = false;
        bool has_charged = false;
        bool total_counter = false;          ///< the counter that is followed is the EVSE's total one
        std::optional<double> session_wh{};  ///< as the EVSE last told of `session`

        template <class Self, class Visitor>
        static void describe(Self& m, Visitor& field) {
            field("meter", m.meter);
            field("session", m.session);
            field("plugged_at", m.plugged_at);
            field("unplugged_at", m.unplugged_at);
            field("unplugged_s", m.unplugged_s);
            field("charging", m.charging);
            field("has_charged", m.has_charged);
            field("total_counter", m.total_counter);
            field("session_wh", m.session_wh);
        }
        bool operator==(const State&) const = default;
    };

    /// What a reading brought about.
    struct Result {
        std::vector<energy::Flow> flows_before;  ///< of `ended` where there is one, else nobody's
        std::optional<Session> ended;
        std::vector<energy::Flow> flows;  ///< of the session that runs now, else nobody's
    };

    /// most_w: more can't flow through it.
    SessionTracker(std::string evse, double most_w);
    /// Goes on from a state of before.
    SessionTracker(std::string evse, double most_w, State state);

    Result take(const Seen& seen, const energy::Buckets& buckets);
    const std::optional<Session>& running() const { return session_; }
    /// What flowed but is not settled: part of what people see, not yet of what is written.
    const std::vector<energy::Flow>& open_flows() const { return meter_.state().open; }
    State state() const;

  private:
    energy::EnergyMeter::Reading reading_of(const Seen& seen);
    std::optional<double> counter_of(const topics::EvseState& state);
    void follow_clock(std::chrono::milliseconds step);
    bool is_another(const Seen& seen, Timestamp began) const;
    void leave_unseen(Timestamp at, const topics::EvseState& next, energy::EnergyMeter::Reading& reading,
                      const energy::Buckets& buckets, Result& result);
    void make_way(const Seen& seen, energy::EnergyMeter::Reading& reading, const energy::Buckets& buckets,
                  Result& result);
    void begin(Timestamp start, Timestamp now);
    void go_on(const Seen& seen, double seconds);
    void be_without(const topics::EvseState& state, const energy::EnergyMeter::Passed& passed,
                    Result& result);
    std::vector<energy::Flow> measure(const energy::EnergyMeter::Reading& reading,
                                      const energy::Buckets& buckets);
    void note_power(double power_w, double charging_s);
    Session end(Timestamp at);

    std::string evse_;
    energy::EnergyMeter meter_;
    State rest_{};  ///< but for `meter` and `session`
    std::optional<Session> session_{};
};

}  // namespace sunherd::sessions
