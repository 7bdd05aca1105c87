#pragma once

#include "topics/enums.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace sunherd::simulator {

using Moment = std::chrono::steady_clock::time_point;

/// How a simulated device can misbehave. `docs/simulator.md` describes each; `value` is what the fault needs.
enum class Fault {
    silent,
    dead,
    offline,
    slow,
    late,
    drip,
    reset,
    garbage,
    truncated,
    twice,
    wrong_unit,
    wrong_protocol,
    wrong_length,
    wrong_transaction,
    wrong_function,
    few_registers,
    exception,
    reject_writes,
    lose_write_replies,
    ignore_setpoint,
    nan,
    frozen,
    spike,
    load_guard_dead,
    count_,
};
constexpr auto enum_words(Fault) {
    using namespace std::string_view_literals;
    using enum Fault;
    return std::array{std::pair{silent, "silent"sv},
                      std::pair{dead, "dead"sv},
                      std::pair{offline, "offline"sv},
                      std::pair{slow, "slow"sv},
                      std::pair{late, "late"sv},
                      std::pair{drip, "drip"sv},
                      std::pair{reset, "reset"sv},
                      std::pair{garbage, "garbage"sv},
                      std::pair{truncated, "truncated"sv},
                      std::pair{twice, "twice"sv},
                      std::pair{wrong_unit, "wrong_unit"sv},
                      std::pair{wrong_protocol, "wrong_protocol"sv},
                      std::pair{wrong_length, "wrong_length"sv},
                      std::pair{wrong_transaction, "wrong_transaction"sv},
                      std::pair{wrong_function, "wrong_function"sv},
                      std::pair{few_registers, "few_registers"sv},
                      std::pair{exception, "exception"sv},
                      std::pair{reject_writes, "reject_writes"sv},
                      std::pair{lose_write_replies, "lose_write_replies"sv},
                      std::pair{ignore_setpoint, "ignore_setpoint"sv},
                      std::pair{nan, "nan"sv},
                      std::pair{frozen, "frozen"sv},
                      std::pair{spike, "spike"sv},
                      std::pair{load_guard_dead, "load_guard_dead"sv}};
}

/// The faults of one device that are in force.
class Faults {
  public:
    /// until: absent = until it is ended.
    void start(Fault fault, std::optional<double> value, std::optional<Moment> until) {
        active_.at(index(fault)) = Active{value, until};
    }
    void end(Fault fault) { active_.at(index(fault)).reset(); }
    void end_all() { active_ = {}; }

    bool has(Fault fault) const { return active_.at(index(fault)).has_value(); }
    double value_or(Fault fault, double otherwise) const {
        const auto& active = active_.at(index(fault));
        return active ? active->value.value_or(otherwise) : otherwise;
    }

    /// Ends those whose time is over; true if there were any.
    bool expire(Moment now) {
        bool ended = false;
        for (auto& active : active_) {
            if (active && active->until && now >= *active->until) {
                active.reset();
                ended = true;
            }
        }
        return ended;
    }

  private:
    struct Active {
        std::optional<double> value;
        std::optional<Moment> until;
    };
    static std::size_t index(Fault fault) { return static_cast<std::size_t>(fault); }

    std::array<std::optional<Active>, static_cast<std::size_t>(Fault::count_)> active_;
};

}  // namespace sunherd::simulator
