#pragma once

#include "endpoint_writer.hpp"
#include "lease.hpp"
#include "service/service.hpp"
#include "write_plan.hpp"

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
class ActuatedEvse {
  public:
    ActuatedEvse(service::Context& context, std::string id, Limits limits, double start_current_a,
                 std::chrono::seconds refresh);

    /// Also when the place changes: what stands in the device is then in doubt.
    void set_target(WriteTarget target);
    const WriteTarget& target() const { return target_; }

    /// error: why the setpoint is not taken.
    void take(const topics::EvseSetpoint& setpoint, Moment received, Reign& reign);
    /// The answer to a setpoint that may not even be looked at.
    void ignore(const topics::EvseSetpoint& setpoint, const std::string& why);
    void observe(const topics::EvseState& state, bool retained);

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

    void write(const Order& order, bool refresh);
    void finish(const Order& order, bool refresh, const Outcome& outcome);
    void judge(const Outcome& outcome, topics::EvseApplied& applied);
    topics::EvseApplied applied_for(const Order& order) const;
    void wake_at(std::optional<Moment> when);

    service::Context& context_;
    std::string id_;
    Lease lease_;
    WritePlan plan_;
    Obedience obedience_;
    WriteTarget target_;
    std::optional<std::uint64_t> timer_;
    std::optional<double> effective_a_;
    Moment effective_at_{};
    bool in_fallback_ = false;
    std::shared_ptr<std::optional<Outcome>> last_;
};

}  // namespace sunherd::actuator
