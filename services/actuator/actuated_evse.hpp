#pragma once

#include "endpoint_writer.hpp"
#include "lease.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"
#include "write_plan.hpp"

#include <functional>
#include <future>
#include <memory>
#include <string>

namespace sunherd::actuator {

/// Where and how an EVSE is written.
struct WriteTarget {
    std::string profile;
    int connector = 1;
    std::shared_ptr<EndpointWriter> writer;
};

/// One EVSE: its lease, what stands in the device, and the way there. Lives on the loop; writes happen on the
/// endpoint's thread and come back as results.
///
/// Begins with the start current, but waits 2 s for somebody who knows better: a fallback from the site file
/// must not raise what the user switched off, or the sun doesn't give.
class ActuatedEvse {
  public:
    ActuatedEvse(service::Context& context, std::string id, Limits limits, double start_current_a,
                 std::chrono::seconds refresh);

    /// Also when the place changes: what stands in the device is then in doubt.
    void set_target(WriteTarget target);
    const WriteTarget& target() const { return target_; }

    void take(const topics::EvseSetpoint& setpoint, Moment received, Reign& reign);
    /// The answer to a setpoint that may not even be looked at.
    void ignore(const topics::EvseSetpoint& setpoint, const Reign& reign, const std::string& why);
    void observe(const topics::EvseState& state, bool retained);
    /// What the controller wants, or wanted when it last spoke: the start current is no more than that.
    void observe(const topics::ControlEvse& control);

    /// Writes what is due, and asks to be called again when the next thing is.
    void pursue();
    /// Ends the lease and queues the fallback as the last write. `report_last` publishes what became of it.
    void fall_back_for_good();
    void report_last();

  private:
    struct Outcome {
        modbus::Result<void> result;
        std::chrono::steady_clock::duration took{};
    };
    struct Write {
        Order order;
        bool refresh = false;
        int target_number = 0;
    };

    void begin(const Write& write);
    /// outcome: absent where the lease ended before the write's turn came.
    void finish(const Write& write, const std::optional<Outcome>& outcome);
    void note(const Write& write, const modbus::Result<void>& result);
    topics::EvseApplied applied_for(const Order& order, const Outcome& outcome) const;
    void tell_change_of_lease(const Order& order);
    void wake_at(std::optional<Moment> when);
    std::function<Outcome(modbus::WriteConnection&)> writing(double current_a) const;

    service::Context& context_;
    std::string id_;
    std::chrono::seconds refresh_;
    Lease lease_;
    WritePlan plan_;
    Obedience obedience_;
    Refusal refusal_;
    service::Throttle answers_;  ///< to setpoints that are not taken: a flood of them must not become ours
    service::Throttle complaints_;
    WriteTarget target_;
    int target_number_ = 0;  ///< results of writes to the one before are not ours
    Moment begins_at_;       ///< no fallback is written before
    std::optional<std::uint64_t> timer_;
    std::optional<double> effective_a_;
    Moment effective_at_{};
    bool lease_over_ = false;  ///< and told so
    std::future<Outcome> last_;
};

}  // namespace sunherd::actuator
