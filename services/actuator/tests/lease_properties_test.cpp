#include "write_plan.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace sunherd;
using namespace std::chrono_literals;
using namespace sunherd::actuator;

namespace {

const Moment kStart = Moment{} + 1000h;
constexpr std::chrono::milliseconds kStep{20};
constexpr std::chrono::milliseconds kSlowestWrite{400};

enum class Device { works, unreachable, loses_replies, finds_all_too_high };

/// A setpoint that comes in, some time after the one before, and how the device is from then on.
struct Arrival {
    std::chrono::milliseconds after{};
    std::chrono::milliseconds late{};  ///< it waited so long between receipt and loop
    topics::EvseSetpoint setpoint;
    Device device = Device::works;
    std::chrono::milliseconds write_time{};
};

rc::Gen<Arrival> any_arrival(std::vector<Device> devices) {
    return rc::gen::exec([devices = std::move(devices)] {
        Arrival it;
        it.after = std::chrono::milliseconds(*rc::gen::inRange(0, 8000));
        it.late = std::chrono::milliseconds(*rc::gen::element(0, 0, 5, 900, 12000));
        it.setpoint.seq = *rc::gen::inRange<std::uint64_t>(0, 20);
        it.setpoint.epoch = *rc::gen::inRange<std::uint64_t>(1, 4);
        it.setpoint.current_a = *rc::gen::inRange(-2, 24);
        it.setpoint.fallback_current_a = *rc::gen::element(0, 6, 8, 30);
        it.setpoint.ttl_ms = *rc::gen::inRange(-100, 15000);
        it.device = *rc::gen::elementOf(devices);
        it.write_time = std::chrono::milliseconds(*rc::gen::inRange(1, 400));
        return it;
    });
}
using Arrivals = std::vector<Arrival>;

/// The rules of docs/decisions/0004, written down a second time: what the device may have.
class Rules {
  public:
    void granted(const topics::EvseSetpoint& setpoint, Moment received) {
        RC_ASSERT(setpoint.epoch >= epoch_);
        RC_ASSERT((setpoint.epoch > epoch_ || setpoint.seq > seq_));
        RC_ASSERT((setpoint.current_a == 0 || (setpoint.current_a >= 6 && setpoint.current_a <= 16)));
        epoch_ = setpoint.epoch;
        seq_ = setpoint.seq;
        current_a_ = setpoint.current_a;
        fallback_a_ = setpoint.fallback_current_a;
        ends_ = received + std::chrono::milliseconds(setpoint.ttl_ms);
    }
    double allowed_a(Moment now) const { return now < ends_ ? current_a_ : fallback_a_; }

  private:
    std::uint64_t epoch_ = 0;
    std::uint64_t seq_ = 0;
    double current_a_ = 0;
    double fallback_a_ = 6;
    Moment ends_ = Moment::min();
};

/// Lease, plan and device in virtual time.
class Run {
  public:
    /// `wall` is what the setpoints' clocks show; it must not matter.
    void play(Arrival it, topics::Timestamp wall) {
        pass(it.after);
        device_ = it.device;
        write_time_ = it.write_time;
        it.setpoint.time = wall;
        if (lease_.take(it.setpoint, now_ - it.late, now_, reign_)) {
            rules_.granted(it.setpoint, now_ - it.late);
        }
    }
    /// The device works from now on, and nobody says anything more.
    void come_to_rest() {
        device_ = Device::works;
        pass(kLongestLease);
    }
    void pass(std::chrono::milliseconds time) {
        for (const auto end = now_ + time; now_ < end; now_ += kStep) {
            if (write_ends_ && now_ >= *write_ends_) {
                finish();
            }
            begin();
            above_ = device_a_ > rules_.allowed_a(now_) ? above_ + kStep : std::chrono::milliseconds(0);
            longest_above_ = std::max(longest_above_, above_);
        }
    }

    double device_a() const { return device_a_; }
    double allowed_a() const { return rules_.allowed_a(now_); }
    /// For so long the device had more than it may.
    std::chrono::milliseconds longest_above() const { return longest_above_; }
    const std::vector<double>& written() const { return written_; }

  private:
    void begin() {
        const auto order = lease_.order(now_);
        RC_ASSERT(order.current_a == rules_.allowed_a(now_));
        if (!plan_.is_due(order.current_a, now_)) {
            return;
        }
        plan_.began(order.current_a);
        write_ends_ = now_ + write_time_;
        writing_a_ = order.current_a;
    }
    void finish() {
        write_ends_.reset();
        if (device_ == Device::works || device_ == Device::loses_replies) {
            device_a_ = writing_a_;
            written_.push_back(writing_a_);
        }
        switch (device_) {
            case Device::works:
                plan_.succeeded(now_);
                break;
            case Device::finds_all_too_high:
                plan_.rejected(now_);
                break;
            default:
                plan_.failed(now_);
        }
    }

    Lease lease_{Limits{6, 16, 3}, 6};
    Rules rules_;
    WritePlan plan_{20s};
    Reign reign_;
    Moment now_ = kStart;
    Device device_ = Device::works;
    std::chrono::milliseconds write_time_{1};
    std::optional<Moment> write_ends_;
    double writing_a_ = 0;
    double device_a_ = 0;
    std::vector<double> written_;
    std::chrono::milliseconds above_{0};
    std::chrono::milliseconds longest_above_{0};
};

constexpr topics::Timestamp kEpochOfUnix{};

}  // namespace

TEST_CASE("a device that works never has more than it may for longer than two writes") {
    CHECK(rc::check([] {
        Run run;
        for (const auto& it : *rc::gen::container<Arrivals>(any_arrival({Device::works}))) {
            run.play(it, kEpochOfUnix);
        }
        run.come_to_rest();
        // One write may be under way when the lease ends, the next one is the fallback.
        RC_ASSERT(run.longest_above() <= 2 * (kSlowestWrite + kStep));
        RC_ASSERT(run.device_a() == run.allowed_a());
    }));
}

TEST_CASE(
    "whatever the device did meanwhile, it ends with its fallback once it works and the leases are over") {
    CHECK(rc::check([] {
        Run run;
        for (const auto& it : *rc::gen::container<Arrivals>(
                 any_arrival({Device::works, Device::works, Device::unreachable, Device::loses_replies,
                              Device::finds_all_too_high}))) {
            run.play(it, kEpochOfUnix);
        }
        run.come_to_rest();
        RC_ASSERT(run.device_a() == run.allowed_a());
    }));
}

TEST_CASE("the wall clock changes nothing") {
    CHECK(rc::check([] {
        Run one;
        Run other;
        for (const auto& it : *rc::gen::container<Arrivals>(any_arrival({Device::works}))) {
            one.play(it, kEpochOfUnix);
            other.play(it, topics::Timestamp(std::chrono::milliseconds(*rc::gen::arbitrary<std::int64_t>())));
        }
        RC_ASSERT(one.written() == other.written());
    }));
}
